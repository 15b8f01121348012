# cairn_embed(<target> <symbol> BASE <directory> FILES <files…>): the files' bytes inside the binary by .incbin (a hex
# array takes a hundred times as long to compile), found at run time through CAIRN_RESOURCES(<symbol>) of
# base/resource.h. A file's name is its path below BASE.
function(cairn_embed target symbol)
  cmake_parse_arguments(ARG "" "BASE" "FILES" ${ARGN})
  set(bytes "  .section .rodata\n")
  set(table "")
  set(count 0)
  foreach(file IN LISTS ARG_FILES)
    file(RELATIVE_PATH name ${ARG_BASE} ${file})
    set(one "${symbol}_${count}")
    string(APPEND bytes "  .balign 16\n${one}_begin:\n  .incbin \"${file}\"\n${one}_end:\n  .byte 0\n"
                        "${one}_name:\n  .asciz \"${name}\"\n")
    string(APPEND table "  .quad ${one}_name, ${one}_begin, ${one}_end\n")
    math(EXPR count "${count} + 1")
  endforeach()
  set(text "${bytes}  .section .data.rel.ro,\"aw\"\n  .balign 8\n"
           "  .global ${symbol}_table\n${symbol}_table:\n${table}"
           "  .global ${symbol}_count\n${symbol}_count:\n  .quad ${count}\n"
           "  .section .note.GNU-stack,\"\",@progbits\n")
  string(JOIN "" text ${text})
  set(out ${CMAKE_BINARY_DIR}/resources/${symbol}.s)
  file(GENERATE OUTPUT ${out} CONTENT "${text}")
  set_source_files_properties(${out} PROPERTIES OBJECT_DEPENDS "${ARG_FILES}" LANGUAGE ASM GENERATED TRUE
                                                SKIP_PRECOMPILE_HEADERS ON)
  target_sources(${target} PRIVATE ${out})
endfunction()
