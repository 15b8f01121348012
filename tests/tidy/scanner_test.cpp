// Each rule on small texts: one that breaks it and one that does not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tidy/rules.h"

namespace cairn::tidy {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const Modules kModules = parse_modules("# a comment\nbase:\njson: base\nevents: base json\n");

Source in(std::string path, std::string text) { return {std::move(path), std::move(text)}; }

std::vector<std::string> names(std::string_view text) {
  std::vector<std::string> out;
  for (const Function& f : functions_of(text)) out.push_back(f.name + " " + std::to_string(f.lines));
  return out;
}

TEST(CodeOf, BlanksCommentsAndLiterals) {
  EXPECT_EQ(code_of("a // b\nc /* d\ne */ f"), "a     \nc     \n     f");
  EXPECT_EQ(code_of("x = \"{ \\\" }\"; y = '{';"), "x = \"      \"; y = ' ';");
  EXPECT_EQ(code_of("n = 1'000'000; {"), "n = 1'000'000; {");
  EXPECT_EQ(code_of("R\"q(throw \" )q\" + s").find("throw"), std::string::npos);
  EXPECT_THAT(code_of("R\"q(a)q\" + s"), HasSubstr("+ s"));
}

TEST(Functions, AreFoundWithTheirLengths) {
  EXPECT_THAT(names("int f() {\n  if (x) {\n  }\n  return 1;\n}\n"), ElementsAre("f 5"));
  EXPECT_THAT(names("namespace a {\nclass B : public C {\n  B() : x_{1}, y_(2) {\n  }\n  int x_{3};\n};\n}\n"),
              ElementsAre("B 2"));
  EXPECT_THAT(names("constexpr int k[] = {\n1,\n2};\nstruct S { int a = 0; };\n"), IsEmpty());
  EXPECT_THAT(names("template <class T>\nvoid A::g(T t) const\n{\n  h([&] { return t; });\n}\n"),
              ElementsAre("A::g 5"));
  EXPECT_THAT(names("#define X(a) \\\n  void a() {\nint f(std::vector<int> v = {}) { return v[0]; }"),
              ElementsAre("f 1"));
  EXPECT_THAT(names("A_MACRO(a)\n\n\nTEST(A, B) {\n}\n"), ElementsAre("TEST(A, B) 2"));
  EXPECT_THAT(names("bool operator==(A a) { return true; }\nA::~A() {}\n"), ElementsAre("operator== 1", "A::~A 1"));
}

TEST(Modules, OnlyFoldersAbove) {
  EXPECT_THAT(kModules.findings, IsEmpty());
  EXPECT_THAT(parse_modules("a: b\nb: a\n").findings, ElementsAre(HasSubstr("modules.txt:1: 'b' is not above 'a'")));
  EXPECT_THAT(parse_modules("a:\na:\n").findings, ElementsAre(HasSubstr("twice")));
  EXPECT_THAT(parse_modules("no colon\n").findings, ElementsAre(HasSubstr("not a line")));
}

TEST(Edges, OnlyThoseNamed) {
  EXPECT_THAT(check_edges(in("src/events/a.cpp", "#include \"json/decode.h\"\n#include \"events/a.h\"\n"), kModules),
              IsEmpty());
  EXPECT_THAT(check_edges(in("src/json/a.cpp", "\n#include \"events/a.h\"\n"), kModules),
              ElementsAre(HasSubstr("src/json/a.cpp:2: json may not include events")));
  EXPECT_THAT(check_edges(in("src/json/a.cpp", "// #include \"events/a.h\"\n"), kModules), IsEmpty());
  EXPECT_THAT(check_edges(in("src/json/a.cpp", "#include \"a.h\"\n"), kModules), ElementsAre(HasSubstr("from src/")));
  EXPECT_THAT(check_edges(in("src/new/a.cpp", ""), kModules), ElementsAre(HasSubstr("no line in src/modules.txt")));
  EXPECT_THAT(check_edges(in("src/json/a_test.cpp", "#include \"support/temp_dir.h\"\n"), kModules), IsEmpty());
  EXPECT_THAT(check_edges(in("src/json/a.cpp", "#include \"support/temp_dir.h\"\n"), kModules), testing::SizeIs(1));
}

TEST(Cycles, AreFound) {
  std::vector<Source> files = {in("src/a/x.h", "#include \"a/y.h\"\n"), in("src/a/y.h", "#include \"a/z.h\"\n"),
                               in("src/a/z.h", "")};
  EXPECT_THAT(check_include_cycles(files), IsEmpty());
  files[2].text = "#include \"a/x.h\"\n";
  EXPECT_THAT(check_include_cycles(files), ElementsAre(HasSubstr("a cycle")));
}

TEST(ThirdParty, OnlyWithTheOwner) {
  EXPECT_THAT(
      check_third_party(in("src/db/a.cpp", "#include <sqlite3.h>\n#include <vector>\n#include <fmt/format.h>\n")),
      IsEmpty());
  EXPECT_THAT(check_third_party(in("src/events/a.cpp", "#include <sqlite3.h>\n")),
              ElementsAre(HasSubstr("belongs to db alone")));
  EXPECT_THAT(check_third_party(in("src/json/a.cpp", "#include <boost/asio/post.hpp>\n")), testing::SizeIs(1));
  EXPECT_THAT(check_third_party(in("src/db/a.cpp", "#include <other/lib.h>\n")), ElementsAre(HasSubstr("no owner")));
  EXPECT_THAT(check_third_party(in("src/db/a.cpp", "#include <gtest/gtest.h>\n")), testing::SizeIs(1));
  EXPECT_THAT(check_third_party(in("src/db/a_test.cpp", "#include <gtest/gtest.h>\n")), IsEmpty());
}

TEST(Banned, OutsideBase) {
  for (std::string code : {"#include <thread>\n", "#include <fstream>\n", "#include <random>\n",
                           "#include <iostream>\n", "auto t = std::chrono::system_clock::now();\n", "std::async(f);\n",
                           "getenv(\"X\");\n", "throw 1;\n", "int x = rand();\n", "co_await f();\n", "assert(x);\n"}) {
    EXPECT_THAT(check_banned(in("src/events/a.cpp", code)), testing::SizeIs(1)) << code;
    EXPECT_THAT(check_banned(in("tests/x/a.cpp", code)), IsEmpty()) << code;
  }
  EXPECT_THAT(check_banned(in("src/base/a.cpp", "#include <thread>\nstd::thread t;\n")), IsEmpty());
  EXPECT_THAT(check_banned(in("src/app/a.cpp", "getenv(\"X\");\n")), IsEmpty());
  EXPECT_THAT(
      check_banned(in("src/events/a.cpp", "// throw\nauto s = \"throw\"; system_clock().now(); static_assert(x);\n")),
      IsEmpty());
}

TEST(Tries, NotBehindAnotherElement) {
  for (std::string code : {"{ return Kept{name, TRY(f(x))}; }", "{ return Kept{.a = name, .b = TRY(f())}; }",
                           "{ list.push_back({name, std::move(TRY(f()))}); }", "{ g(A{x, B{TRY(f())}}); }"})
    EXPECT_THAT(check_try(in("src/a/b.cpp", code)), testing::SizeIs(1)) << code;
  for (std::string code : {"{ return Kept{TRY(f(x))}; }", "{ std::map<A, B> m = TRY(f(x, y)); }",
                           "{ h(a, b); TRY(f(x)); }", "{ return g(a, TRY(f())); }",
                           "{ TRY(tx.run(q, {{a, b}, {c, d}})); }", "{ auto x = A{a, b}; int y = TRY(f()); }"})
    EXPECT_THAT(check_try(in("src/a/b.cpp", code)), IsEmpty()) << code;
}

TEST(Lengths, OfFilesAndFunctions) {
  EXPECT_THAT(check_file_length(in("src/a/b.cpp", std::string(800, '\n'))), IsEmpty());
  EXPECT_THAT(check_file_length(in("src/a/b.cpp", std::string(801, '\n'))), ElementsAre(HasSubstr("801 lines")));
  Source fits = in("src/a/b.cpp", "void f() {" + std::string(69, '\n') + "}\n");
  Source longer = in("src/a/b.cpp", "void f() {" + std::string(70, '\n') + "}\n");
  EXPECT_THAT(check_function_length(fits, {}), IsEmpty());
  EXPECT_THAT(check_function_length(longer, {}), ElementsAre(HasSubstr("src/a/b.cpp:1: f has 71 lines")));
  EXPECT_THAT(check_function_length(longer, parse_ratchet("# old\nsrc/a/b.cpp f 71\n")), IsEmpty());
  EXPECT_THAT(check_ratchet({longer}, {{"src/a/b.cpp f", 71}}), IsEmpty());
  EXPECT_THAT(check_ratchet({longer}, {{"src/a/b.cpp f", 80}}), ElementsAre(HasSubstr("lower")));
  EXPECT_THAT(check_ratchet({fits}, {{"src/a/b.cpp f", 80}}), ElementsAre(HasSubstr("remove")));
}

TEST(Lines, AreClean) {
  EXPECT_THAT(check_lines(in("src/a/b.h", "// fine\n")), IsEmpty());
  EXPECT_THAT(check_lines(in("src/a/b.h", "\tx\n")), ElementsAre(HasSubstr("tab")));
  EXPECT_THAT(check_lines(in("src/a/b.h", "x \n")), ElementsAre(HasSubstr("white space")));
  EXPECT_THAT(check_lines(in("src/a/b.h", "x")), ElementsAre(HasSubstr("newline")));
  EXPECT_THAT(check_lines(in("src/a/b.h", std::string(121, 'x') + "\n")), ElementsAre(HasSubstr("121 columns")));
  std::string wide;
  for (int i = 0; i < 120; ++i) wide += "é";
  EXPECT_THAT(check_lines(in("src/a/b.h", wide + "\n")), IsEmpty());
}

TEST(Headers, BeginWithACommentAndPragma) {
  EXPECT_THAT(check_header(in("src/a/b.h", "// What it is for.\n#pragma once\nint x();\n")), IsEmpty());
  EXPECT_THAT(check_header(in("src/a/b.h", "#pragma once\n")), ElementsAre(HasSubstr("comment")));
  EXPECT_THAT(check_header(in("src/a/b.h", "// For.\n#include <map>\n#pragma once\n")),
              ElementsAre(HasSubstr("#pragma once")));
  EXPECT_THAT(check_header(in("src/a/b.h", "// For.\n#pragma once\nnamespace {\n}\n")),
              ElementsAre(HasSubstr("unnamed")));
  EXPECT_THAT(check_header(in("src/a/b.cpp", "int x;\n")), IsEmpty());
}

TEST(Unfinished, MarksAreFound) {
  EXPECT_THAT(check_unfinished(in("src/a/b.cpp",
                                  "// TO"
                                  "DO: later\n")),
              testing::SizeIs(1));
  EXPECT_THAT(check_unfinished(in("src/a/b.cpp",
                                  "int kTO"
                                  "DO_LIST;\n")),
              IsEmpty());
}

TEST(Places, AreFound) {
  EXPECT_THAT(check_places(in("web/a.json",
                              "https://registry.npm"
                              "js.org/x\n")),
              testing::SizeIs(1));
  EXPECT_THAT(check_places(in("docs/a.md",
                              "see /wo"
                              "rk/x\n")),
              testing::SizeIs(1));
  EXPECT_THAT(check_places(in("docs/a.md",
                              "see ../shared/wo"
                              "rk/x and a/wo"
                              "rk/b\n")),
              IsEmpty());
}

}  // namespace
}  // namespace cairn::tidy
