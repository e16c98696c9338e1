# The addon: build/Release/bptt.node, from cmake-js and from plain cmake alike.

include(cmake/node-api.cmake)

file(GLOB_RECURSE binding_sources CONFIGURE_DEPENDS native/binding/*.cpp)
bptt_add_kernels(float)

# The objects are linked in the order they are named: where two of them hold the same inline function of the standard
# library, the first one stays, and that has to be the baseline's.
add_library(bptt_core OBJECT ${core_sources})
target_link_libraries(bptt_core PRIVATE bptt_flags)
add_library(bptt_binding OBJECT ${binding_sources})
target_link_libraries(bptt_binding PRIVATE bptt_flags)
target_include_directories(bptt_binding SYSTEM PRIVATE ${NODE_API_HEADERS_DIR} ${NODE_ADDON_API_DIR})
target_compile_definitions(bptt_binding PRIVATE NAPI_VERSION=8 NAPI_CPP_EXCEPTIONS NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS
  NODE_GYP_MODULE_NAME=bptt)

# The speed is in the kernels; the rest is a quarter smaller with -O2 and no slower, if GCC goes on to vectorise loops.
if(NOT MSVC AND NOT BPTT_SANITIZE)
  foreach(library bptt_core bptt_binding)
    target_compile_options(${library} PRIVATE $<$<CONFIG:Release>:-O2>
      $<$<AND:$<CONFIG:Release>,$<CXX_COMPILER_ID:GNU>>:-fvect-cost-model=dynamic>)
  endforeach()
endif()

add_library(bptt MODULE
  $<TARGET_OBJECTS:bptt_binding> $<TARGET_OBJECTS:bptt_core> ${BPTT_KERNEL_OBJECTS_float})
set_target_properties(bptt PROPERTIES
  PREFIX "" SUFFIX ".node" LINKER_LANGUAGE CXX
  LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/$<CONFIG>
  RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/$<CONFIG>)
target_link_libraries(bptt PRIVATE bptt_flags)

# Only the two functions that Node.js calls are visible.
if(APPLE)
  set(exports ${CMAKE_CURRENT_SOURCE_DIR}/cmake/exports-macos.txt)
  target_link_options(bptt PRIVATE
    -Wl,-undefined,dynamic_lookup -Wl,-dead_strip -Wl,-exported_symbols_list,${exports})
  set_target_properties(bptt PROPERTIES LINK_DEPENDS ${exports})
elseif(WIN32)
  # The functions of node.exe, by an import library made from the list that comes with the headers.
  get_filename_component(api_root ${NODE_API_HEADERS_DIR} DIRECTORY)
  set(api_def ${api_root}/def/node_api.def)
  if(MSVC)
    set(api_library ${CMAKE_BINARY_DIR}/node_api.lib)
    execute_process(COMMAND ${CMAKE_AR} /nologo /def:${api_def} /out:${api_library} ${CMAKE_STATIC_LINKER_FLAGS}
      COMMAND_ERROR_IS_FATAL ANY)
    target_link_options(bptt PRIVATE /DELAYLOAD:node.exe)
    target_link_libraries(bptt PRIVATE delayimp)
  else()
    set(api_library ${CMAKE_BINARY_DIR}/libnode_api.a)
    execute_process(COMMAND ${CMAKE_DLLTOOL} -d ${api_def} -l ${api_library} COMMAND_ERROR_IS_FATAL ANY)
    target_link_options(bptt PRIVATE -static -static-libgcc -static-libstdc++ -Wl,--gc-sections)
  endif()
  target_link_libraries(bptt PRIVATE ${api_library})
  if(CMAKE_JS_SRC)
    target_sources(bptt PRIVATE ${CMAKE_JS_SRC})
  endif()
else()
  set(exports ${CMAKE_CURRENT_SOURCE_DIR}/cmake/exports-linux.map)
  target_link_options(bptt PRIVATE
    -static-libstdc++ -static-libgcc -Wl,--version-script=${exports} -Wl,--gc-sections -Wl,-z,relro -Wl,-z,now
    -Wl,-z,noexecstack)
  set_target_properties(bptt PROPERTIES LINK_DEPENDS ${exports})
endif()
