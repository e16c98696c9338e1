# The kernel sources are compiled once for each instruction set, each time in a namespace of its own.
#
#   BPTT_SETS              the sets to build: those of this processor family, baseline first, or the ones asked for
#   BPTT_SET_DEFINITIONS   BPTT_HAS_SSE4 … for dispatch.cpp
#   bptt_add_kernels(scalar)   object libraries kernels_<set>_<scalar>; their objects in BPTT_KERNEL_OBJECTS_<scalar>
#
# The products in bfloat16 are compiled for each set too, and again for what extends AVX-512.

# Visual Studio and Xcode name the target elsewhere than CMAKE_SYSTEM_PROCESSOR does.
if(CMAKE_OSX_ARCHITECTURES)
  set(processor "${CMAKE_OSX_ARCHITECTURES}")
elseif(MSVC AND CMAKE_CXX_COMPILER_ARCHITECTURE_ID)
  set(processor "${CMAKE_CXX_COMPILER_ARCHITECTURE_ID}")
else()
  set(processor "${CMAKE_SYSTEM_PROCESSOR}")
endif()

if(processor MATCHES "^(x86_64|AMD64|amd64|x64|X64)$")
  set(all_sets sse4 avx2 avx512)
elseif(processor MATCHES "^(aarch64|arm64|ARM64)$")
  set(all_sets neon)
else()
  message(FATAL_ERROR "bptt has kernels for x86-64 and arm64, not for '${processor}'")
endif()

set(BPTT_SETS ${all_sets} CACHE STRING "Instruction sets to build; fewer save time where the result stays here")

if(MSVC)
  # MSVC has no switch for SSE4; Eigen has to be told.
  set(flags_sse4 /DEIGEN_VECTORIZE_SSE3 /DEIGEN_VECTORIZE_SSSE3 /DEIGEN_VECTORIZE_SSE4_1 /DEIGEN_VECTORIZE_SSE4_2)
  set(flags_avx2 /arch:AVX2)
  set(flags_avx512 /arch:AVX512)
else()
  set(flags_sse4 -msse3 -mssse3 -msse4.1 -msse4.2 -mpopcnt -mcx16)
  set(flags_avx2 ${flags_sse4} -mavx -mavx2 -mfma -mf16c -mbmi -mbmi2 -mlzcnt)
  set(flags_avx512 ${flags_avx2} -mavx512f -mavx512bw -mavx512dq -mavx512vl -mprefer-vector-width=512)
endif()
set(flags_neon)
set(flags_avx512bf16 ${flags_avx512} -mavx512bf16)
set(flags_amx ${flags_avx512bf16} -mamx-tile -mamx-bf16)

# The matrix unit has to be asked for, which is written for Linux alone.
set(BPTT_EXTENSIONS)
if("avx512" IN_LIST BPTT_SETS AND NOT MSVC)
  include(CheckCXXCompilerFlag)
  check_cxx_compiler_flag("-mavx512bf16" BPTT_COMPILES_AVX512BF16)
  if(BPTT_COMPILES_AVX512BF16)
    list(APPEND BPTT_EXTENSIONS avx512bf16)
  endif()
  if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
    check_cxx_compiler_flag("-mamx-tile -mamx-bf16" BPTT_COMPILES_AMX)
    if(BPTT_COMPILES_AMX)
      list(APPEND BPTT_EXTENSIONS amx)
    endif()
  endif()
endif()

set(BPTT_SET_DEFINITIONS)
foreach(set IN LISTS BPTT_SETS BPTT_EXTENSIONS)
  string(TOUPPER ${set} upper)
  list(APPEND BPTT_SET_DEFINITIONS BPTT_HAS_${upper}=1)
endforeach()

# An object library of kernels: for set `set`, with the flags of `flags`, from the sources that follow.
function(bptt_kernel_library library set flags scalar)
  add_library(${library} OBJECT ${ARGN})
  target_link_libraries(${library} PRIVATE bptt_flags)
  # Of what Eigen asks for and nothing here uses, the second folder has empty files.
  target_include_directories(${library} SYSTEM PRIVATE native/vendor/eigen native/vendor/eigen-left-out)
  # Eigen under another name a set: otherwise the linker keeps one copy of a template, whichever set it is for,
  # and an older processor meets instructions it does not have. No streams, no threads: they bring static
  # initialisers, which would run before any check.
  target_compile_definitions(${library} PRIVATE
    BPTT_ISA=${set} BPTT_SCALAR=${scalar} Eigen=Eigen_${set}
    EIGEN_MAX_ALIGN_BYTES=64 EIGEN_NO_IO EIGEN_DONT_PARALLELIZE)
  # Reading Eigen takes longer than compiling most kernels.
  target_precompile_headers(${library} PRIVATE <Eigen/Core>)
  # Not below -O1: what is not inlined is emitted, and the linker may then merge it across sets.
  if(MSVC)
    target_compile_options(${library} PRIVATE ${flags_${flags}})
  else()
    target_compile_options(${library} PRIVATE ${flags_${flags}} $<$<CONFIG:Debug>:-O2>)
  endif()
  # GCC takes the deliberately undefined operands of its own AVX-512 intrinsics for a mistake, and a packet as a
  # template argument for a lost attribute.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(${library} PRIVATE -Wno-uninitialized -Wno-maybe-uninitialized -Wno-ignored-attributes)
  endif()
endfunction()

function(bptt_add_kernels scalar)
  file(GLOB sources CONFIGURE_DEPENDS native/kernels/*.cpp)
  file(GLOB bfloat16_sources CONFIGURE_DEPENDS native/kernels/bfloat16/*.cpp)
  list(FILTER sources EXCLUDE REGEX "/dispatch\\.cpp$")
  if(scalar STREQUAL "float")
    list(APPEND sources ${bfloat16_sources})
  endif()
  set(objects)
  foreach(set IN LISTS BPTT_SETS)
    bptt_kernel_library(kernels_${set}_${scalar} ${set} ${set} ${scalar} ${sources})
    list(APPEND objects $<TARGET_OBJECTS:kernels_${set}_${scalar}>)
  endforeach()
  if(scalar STREQUAL "float")
    foreach(extension IN LISTS BPTT_EXTENSIONS)
      set(library kernels_${extension}_float)
      bptt_kernel_library(${library} ${extension} ${extension} float ${bfloat16_sources})
      target_compile_definitions(${library} PRIVATE BPTT_BASE=avx512)
      list(APPEND objects $<TARGET_OBJECTS:${library}>)
    endforeach()
  endif()
  set(BPTT_KERNEL_OBJECTS_${scalar} ${objects} PARENT_SCOPE)
endfunction()

# For tests: the products in bfloat16 of the matrix unit and of dot products with plain operations in their place, with the baseline's
# flags; objects in BPTT_PLAIN_OBJECTS.
function(bptt_add_plain_products)
  file(GLOB bfloat16_sources CONFIGURE_DEPENDS native/kernels/bfloat16/*.cpp)
  list(GET BPTT_SETS 0 baseline)
  set(objects)
  foreach(form tiles dots)
    set(library kernels_plain_${form}_float)
    bptt_kernel_library(${library} plain_${form} ${baseline} float ${bfloat16_sources})
    string(TOUPPER ${form} upper)
    target_compile_definitions(${library} PRIVATE BPTT_PLAIN_${upper}=1 BPTT_BASE=${baseline})
    list(APPEND objects $<TARGET_OBJECTS:${library}>)
  endforeach()
  set(BPTT_PLAIN_OBJECTS ${objects} PARENT_SCOPE)
endfunction()
