#include "import/csv.h"

#include <gtest/gtest.h>

namespace cairn::import {
namespace {

struct Read {
  std::vector<std::string> header;
  char delimiter = 0;
  std::vector<std::string> rows;  // `line: field|field`, or `line! column reason`
  uint64_t converted = 0;
  std::vector<std::string> raws;
};

Read read_all(const std::string& text, size_t block = Input::kBlock) {
  Read out;
  auto reader = CsvReader::open(Input::of(text, block), "f.csv");
  if (!reader) {
    out.rows.push_back(reader.error().message);
    return out;
  }
  out.header = reader->header();
  out.delimiter = reader->delimiter();
  CsvRow row;
  for (;;) {
    Got got = reader->next(row).value();
    if (got == Got::end) break;
    EXPECT_EQ(row.raw, std::string_view(text).substr(row.offset, row.length));
    out.raws.emplace_back(row.raw);
    if (got == Got::bad) out.rows.push_back(fmt::format("{}! {} {}", row.line, row.column, row.reason));
    else out.rows.push_back(fmt::format("{}: {}", row.line, fmt::join(row.fields, "|")));
  }
  out.converted = reader->rows_converted();
  return out;
}

using Rows = std::vector<std::string>;

TEST(Csv, ReadsPlainRowsWithAnyLineEnd) {
  for (std::string end : {"\n", "\r\n", "\r"})
    EXPECT_EQ(read_all("a,b" + end + "1,2" + end + "3,4").rows, (Rows{"2: 1|2", "3: 3|4"})) << end.size();
  EXPECT_EQ(read_all("a,b\n1,x\ry\n").rows, (Rows{"2: 1|x\ry"})) << "a CR inside a line of an LF file is data";
}

TEST(Csv, StepsOverTheByteOrderMarkAndBlankLines) {
  Read read = read_all("\xEF\xBB\xBF\n\na,b\n\n1,2\n  \n3,4\n");
  EXPECT_EQ(read.header, (Rows{"a", "b"}));
  EXPECT_EQ(read.rows, (Rows{"5: 1|2", "7: 3|4"}));
}

TEST(Csv, KnowsTheLineEndWhateverTheBlocksThatBlankLinesAreReadIn) {
  for (size_t block : {1, 2, 3, 7, 64}) {
    auto reader = CsvReader::open(Input::of(" \r \r\na,b\r\n1,2", block), "f").value();
    CsvRow row;
    ASSERT_EQ(reader.next(row).value(), Got::row) << block;
    EXPECT_THAT(row.fields, testing::ElementsAre("1", "2")) << block;
    EXPECT_EQ(reader.next(row).value(), Got::end) << block;
  }
}

TEST(Csv, FindsTheDelimiterInTheHeaderOutsideQuotes) {
  EXPECT_EQ(read_all("a;b;c\n1,5;2;3\n").rows, (Rows{"2: 1,5|2|3"}));
  EXPECT_EQ(read_all("a\tb\n1\t2\n").delimiter, '\t');
  EXPECT_EQ(read_all("a|b\n1|2\n").delimiter, '|');
  EXPECT_EQ(read_all("\"x,y,z\";b\n1;2\n").delimiter, ';');
}

TEST(Csv, KeepsQuotedLineBreaksAndDoubledQuotesAndCountsPhysicalLines) {
  Read read = read_all("id,text\n1,\"two\r\nlines, \"\"quoted\"\"\"\n2,\"\"\n3,\"\"\"\"\n");
  EXPECT_EQ(read.rows, (Rows{"2: 1|two\r\nlines, \"quoted\"", "4: 2|", "5: 3|\""}));
}

TEST(Csv, ReadsQuotesInsideUnquotedFieldsAsSigns) {
  EXPECT_EQ(read_all("a,b\n5\" disk,x\"y\"\n").rows, (Rows{"2: 5\" disk|x\"y\""}));
  EXPECT_EQ(read_all("a,b\n\"1\"  ,\"2\" \r\n").rows, (Rows{"2: 1|2"})) << "blanks after a closing quote";
}

TEST(Csv, RejectsTheLineOfAStrayQuoteAndGoesOnBelow) {
  EXPECT_EQ(read_all("a,b\n1,\"he said \"hi\"\"\n2,x\n").rows,
            (Rows{"2! 2 there is text after the closing quote; a quote inside a field is written twice", "3: 2|x"}));
  Read open = read_all("a,b\n1,\"never closed\n2,x\n3,y\n");
  EXPECT_EQ(open.rows, (Rows{"2! 2 a quote opens here that is never closed", "3: 2|x", "4: 3|y"}));
  EXPECT_EQ(open.raws[0], "1,\"never closed");
}

TEST(Csv, RejectsShortAndLongRowsButForgivesEmptyFieldsAtTheEnd) {
  EXPECT_EQ(read_all("a,b,c\n1,2\n1,2,3,4\n1,2,3,,\n1,,\n").rows,
            (Rows{"2! 3 it has 2 fields where the header has 3", "3! 4 it has 4 fields where the header has 3",
                  "4: 1|2|3", "5: 1||"}));
}

TEST(Csv, RejectsNulBytes) {
  using namespace std::string_literals;
  EXPECT_EQ(read_all("a,b\n1,x\0y\n2,z\n"s).rows, (Rows{"2! 0 it holds a NUL byte", "3: 2|z"}));
}

TEST(Csv, RejectsRowsOverTheLimitAndGoesOnBelow) {
  std::string big(kRowLimit + 10, 'x');
  Rows rows = read_all("a,b\n1,2\n3," + big + "\n5,6\n").rows;
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_TRUE(rows[1].starts_with("3! 0 it is longer than 1 MiB"));
  EXPECT_EQ(rows[2], "4: 5|6");
  std::string fits(kRowLimit - 2, 'x');
  EXPECT_EQ(read_all("a,b\n3," + fits + "\n").rows[0].size(), fits.size() + 5);
  Rows last = read_all("a,b\n3," + big + big + big).rows;
  EXPECT_EQ(last.size(), 1u);
}

TEST(Csv, RejectsOneLineOfAQuoteThatIsOpenForMoreThanTheLimit) {
  std::string text = "a,b\n1,\"open\n";
  while (text.size() < 2 * kRowLimit) text += "2,x\n";
  text += "3,\"z\"\n";
  Read read = read_all(text);
  EXPECT_TRUE(read.rows[0].starts_with("2!"));
  EXPECT_EQ(read.rows[1], "3: 2|x");
  EXPECT_TRUE(read.rows.back().ends_with(": 3|z"));
}

TEST(Csv, ReadsRowsThatAreNotUtf8AsWindows1252AndCountsThem) {
  Read read = read_all(
      "id,name\n1,Jos\xE9 \x80"
      "5\n2,Jos\xC3\xA9\n");
  EXPECT_EQ(read.rows, (Rows{"2: 1|José €5", "3: 2|José"}));
  EXPECT_EQ(read.converted, 1u);
}

TEST(Csv, NamesTheColumnsWithoutNameAndRefusesTheSameNameTwice) {
  EXPECT_EQ(read_all(" a ,,c\n").header, (Rows{"a", "column_2", "c"}));
  EXPECT_EQ(read_all("a,b,a\n1,2,3\n").rows,
            (Rows{"f.csv: the header names the column 'a' twice; rename one of them"}));
  EXPECT_EQ(read_all("").rows, (Rows{"f.csv: this file is empty"}));
  EXPECT_EQ(read_all(" \n\n ").rows, (Rows{"f.csv: this file is empty"}));
  EXPECT_FALSE(read_all("\"a,b\n1,2\n").rows.empty());
}

TEST(Csv, GivesTheSameForEveryBlockSize) {
  std::string text =
      "\xEF\xBB\xBFid;a;b\r\n1;\"x\r\ny\";\"\"\"q\"\"\"\r\n2;;\r\n\r\n3;\"bad\" "
      "x;1\r\n4;1\r\n5;\xE9;\"end\"\r\n6;\"open;1\r\n7;2;3";
  Read whole = read_all(text);
  EXPECT_EQ(whole.rows.size(), 7u);
  for (size_t block = 1; block < 80; ++block) {
    Read read = read_all(text, block);
    EXPECT_EQ(read.rows, whole.rows) << block;
    EXPECT_EQ(read.header, whole.header) << block;
  }
}

TEST(Csv, WritesRowsThatReadBackTheSame) {
  std::string out = "a,b,c\n";
  std::vector<std::string_view> fields = {"plain", "with \"quotes\", and\nlines", ""};
  append_csv(out, fields);
  EXPECT_EQ(read_all(out).rows, (Rows{"2: plain|with \"quotes\", and\nlines|"}));
}

}  // namespace
}  // namespace cairn::import
