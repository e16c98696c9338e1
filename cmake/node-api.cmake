# Finds the headers of Node-API without a download: they are npm packages.
#
#   bptt_find_package(<variable> <package> <header>)
# looks at the cache variable (-D<variable>=…), then in each node_modules from this folder upwards (npm, yarn and pnpm
# all place a dependency there), then asks node.

function(bptt_find_package variable package header)
  set(${variable} "" CACHE PATH "Folder of ${header}")
  if(NOT ${variable})
    set(folder ${CMAKE_CURRENT_SOURCE_DIR})
    while(TRUE)
      foreach(candidate ${folder}/node_modules/${package} ${folder}/node_modules/${package}/include)
        if(EXISTS ${candidate}/${header})
          set_property(CACHE ${variable} PROPERTY VALUE ${candidate})
          return()
        endif()
      endforeach()
      get_filename_component(parent ${folder} DIRECTORY)
      if(parent STREQUAL folder)
        break()
      endif()
      set(folder ${parent})
    endwhile()
    execute_process(
      COMMAND node -p "require('${package}').include_dir"
      WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}
      OUTPUT_VARIABLE found ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
    if(found)
      get_filename_component(found "${found}" ABSOLUTE BASE_DIR ${CMAKE_CURRENT_SOURCE_DIR})
      set_property(CACHE ${variable} PROPERTY VALUE ${found})
    endif()
  endif()
  if(NOT EXISTS ${${variable}}/${header})
    message(FATAL_ERROR "${header} of the npm package ${package} was not found; "
      "run npm ci, or pass -D${variable}=<folder of ${header}>")
  endif()
endfunction()

bptt_find_package(NODE_API_HEADERS_DIR node-api-headers node_api.h)
bptt_find_package(NODE_ADDON_API_DIR node-addon-api napi.h)
