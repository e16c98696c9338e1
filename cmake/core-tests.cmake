# bptt_core_tests: the core alone, in the float that ships and in double for the gradient checks.

file(GLOB_RECURSE test_sources CONFIGURE_DEPENDS test/native/*.cpp)

if(NOT DEFINED BPTT_KERNEL_OBJECTS_float)
  bptt_add_kernels(float)
endif()
bptt_add_kernels(double)
bptt_add_plain_products()

if(test_sources AND core_sources)
  add_executable(bptt_core_tests
    ${test_sources} ${core_sources} ${BPTT_KERNEL_OBJECTS_float} ${BPTT_KERNEL_OBJECTS_double} ${BPTT_PLAIN_OBJECTS})
  target_link_libraries(bptt_core_tests PRIVATE bptt_flags)
  target_compile_definitions(bptt_core_tests PRIVATE BPTT_WITH_DOUBLE=1 BPTT_WITH_PLAIN_PRODUCTS=1 BPTT_COUNTED_LOOKS=1)
  set_target_properties(bptt_core_tests PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/$<CONFIG>)
  target_include_directories(bptt_core_tests PRIVATE test/native)
else()
  message(STATUS "No sources under test/native yet: bptt_core_tests is left out")
endif()
