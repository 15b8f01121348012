#include "people/phone.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/text.h"

namespace cairn::people {
namespace {

std::string e164(std::string_view text, std::string_view region = "") { return to_e164(text, region).value_or("none"); }

TEST(Phone, is_one_number_however_it_is_written) {
  for (std::string_view text : {"06 12 34 56 78", "06.12.34.56.78", "06-12-34-56-78", "+33 6 12 34 56 78",
                                "+33 (0)6 12 34 56 78", "0033 6 12 34 56 78", "33612345678", "tel:+33612345678",
                                "+33612345678 ext. 12", "0612345678;ext=12", "０６ １２ ３４ ５６ ７８"})
    EXPECT_EQ(e164(text, "FR"), "+33612345678") << text;
  EXPECT_EQ(e164("٠٥٠ ١٢٣ ٤٥٦٧", "AE"), "+971501234567");
}

TEST(Phone, national_numbers_need_a_country) {
  EXPECT_EQ(e164("0612345678"), "none");
  EXPECT_EQ(e164("0612345678", "XX"), "none");
  EXPECT_EQ(e164("+33612345678"), "+33612345678");
  EXPECT_EQ(e164("+33612345678", "US"), "+33612345678");
  EXPECT_EQ(e164("(201) 555-0123", "US"), "+12015550123");
  EXPECT_EQ(e164("011 33 6 12 34 56 78", "US"), "+33612345678");
}

TEST(Phone, keeps_the_zero_where_it_is_part_of_the_number) {
  EXPECT_EQ(e164("06 698 12345", "IT"), "+390669812345");
  EXPECT_EQ(e164("312 345 6789", "IT"), "+393123456789");
}

TEST(Phone, refuses_what_is_no_number) {
  for (std::string_view text : {"", "+", "hello", "0", "12", "+999123456789", "+330000000000", "06 12 34 56", "1e5",
                                "06 12 34 56 78 90 12", "1-800-FLOWERS", "+33+612345678", "n/a",
                                "06123456\xff"
                                "78"})
    EXPECT_EQ(e164(text, "FR"), "none") << text;
  EXPECT_EQ(e164(std::string(10'000, '0'), "FR"), "none");
}

/// What libphonenumber itself makes of 2,450 ways to write a number of 245 countries (cmake/phone/make.mjs).
TEST(Phone, reads_what_libphonenumber_reads) {
  auto golden = system_files().read(std::string(CAIRN_SOURCE_DIR) + "/src/people/phone_golden.tsv");
  ASSERT_TRUE(golden);
  int seen = 0;
  for (std::string_view line : split(*golden, '\n')) {
    auto fields = split(line, '\t');
    if (fields.size() != 3) continue;
    ++seen;
    EXPECT_EQ(to_e164(fields[1], fields[0]).value_or(""), fields[2]) << fields[0] << " " << fields[1];
  }
  EXPECT_EQ(seen, 2450);
}

}  // namespace
}  // namespace cairn::people
