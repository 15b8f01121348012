# src/base/version.cpp alone knows the commit, so a commit compiles one file again, and only in the release build.
set(CAIRN_COMMIT "" CACHE STRING "The commit shown by `cairn --version`; empty: asked of git")
set(commit "${CAIRN_COMMIT}")
if(NOT commit AND CMAKE_BUILD_TYPE STREQUAL "Release" AND EXISTS ${CMAKE_SOURCE_DIR}/.git)
  execute_process(COMMAND git -C ${CMAKE_SOURCE_DIR} rev-parse --short=10 HEAD
                  OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(EXISTS ${CMAKE_SOURCE_DIR}/.git/logs/HEAD)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/.git/logs/HEAD)
  endif()
endif()
set_source_files_properties(${CMAKE_SOURCE_DIR}/src/base/version.cpp PROPERTIES SKIP_PRECOMPILE_HEADERS ON
  COMPILE_DEFINITIONS "CAIRN_VERSION=\"${PROJECT_VERSION}\";CAIRN_COMMIT=\"${commit}\"")
