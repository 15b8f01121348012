# Compiler, linker, cache and libraries: one place, the same for every target.
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

# An object made in one build directory serves in all: paths inside it are relative for the cache.
find_program(CAIRN_CCACHE ccache)
if(CAIRN_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      CCACHE_BASEDIR=${CMAKE_BINARY_DIR} CCACHE_NOHASHDIR=1
      ${CAIRN_CCACHE})
endif()
find_program(CAIRN_MOLD mold)
if(CAIRN_MOLD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_link_options(-fuse-ld=mold)
endif()

set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1")
set(CMAKE_CXX_FLAGS_DEV "-O1 -g1")
add_compile_options(-Wall -Wextra -Wshadow -Wnon-virtual-dtor -Wno-missing-field-initializers -Werror=return-type
                    -Werror=switch
                    -fno-omit-frame-pointer)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # -fpch-preprocess: ccache needs it. The warnings: g++ 12 gives them inside inlined library code that is right.
  add_compile_options(-fpch-preprocess -Wno-maybe-uninitialized -Wno-restrict -Wno-stringop-overread
                      -Wno-stringop-overflow -Wno-array-bounds -Wno-dangling-pointer)
else()
  add_compile_options("SHELL:-Xclang -fno-pch-timestamp" -Wno-gnu-statement-expression-from-macro-expansion)
endif()
add_compile_definitions(BOOST_ASIO_NO_DEPRECATED)
# What nobody calls is not in the binary.
add_compile_options(-ffunction-sections -fdata-sections)
add_link_options(-Wl,--gc-sections)

if(CAIRN_SANITIZE)
  add_compile_options(-fsanitize=${CAIRN_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${CAIRN_SANITIZE})
  if(CAIRN_SANITIZE MATCHES "thread")
    add_compile_options(-Wno-tsan)  # of Asio's fences, which order nothing that its queues' locks do not
  endif()
endif()
if(CAIRN_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# Static where Debian has the archive, so that the binary asks for little where it runs: libc, libstdc++, libpq, and
# fmt and date, which come as shared libraries only.
set(Boost_USE_STATIC_LIBS ON)
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json url)
find_package(fmt REQUIRED)
find_package(date REQUIRED)
pkg_check_modules(LIBPQ REQUIRED IMPORTED_TARGET libpq)

function(cairn_archive target file header)
  find_library(CAIRN_${file} ${file} REQUIRED)
  find_path(CAIRN_${file}_INCLUDE ${header} REQUIRED)
  add_library(${target} UNKNOWN IMPORTED GLOBAL)
  set_target_properties(${target} PROPERTIES IMPORTED_LOCATION ${CAIRN_${file}}
                                             INTERFACE_INCLUDE_DIRECTORIES ${CAIRN_${file}_INCLUDE})
endfunction()
cairn_archive(cairn::sqlite libsqlite3.a sqlite3.h)
cairn_archive(cairn::sodium libsodium.a sodium.h)
cairn_archive(cairn::re2 libre2.a re2/re2.h)
cairn_archive(cairn::zlib libz.a zlib.h)
cairn_archive(cairn::jemalloc libjemalloc.a jemalloc/jemalloc.h)
target_link_libraries(cairn::sqlite INTERFACE m ${CMAKE_DL_LIBS} Threads::Threads)

# Which folder owns which library: nobody else may include its headers (tests/tidy checks it).
set(CAIRN_LIBS_base fmt::fmt date::date-tz Threads::Threads)
set(CAIRN_LIBS_json Boost::json)
set(CAIRN_LIBS_crypto cairn::sodium)
set(CAIRN_LIBS_db cairn::sqlite PkgConfig::LIBPQ)
set(CAIRN_LIBS_http Boost::url cairn::zlib)
set(CAIRN_LIBS_people cairn::re2)
