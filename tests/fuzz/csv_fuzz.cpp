#include "base/check.h"
#include "import/csv.h"

namespace {

using namespace cairn;
using namespace cairn::import;

/// More than most inputs; a megabyte of zeros for each would be most of the work.
constexpr size_t kBlock = 1 << 14;

/// Everything that reading says, whatever the size of the blocks it is read in.
std::string read_all(std::string_view text, size_t block) {
  auto reader = CsvReader::open(Input::of(std::string(text), block), "f");
  if (!reader) return reader.error().message;
  std::string out = fmt::format("{}|{}\n", reader->delimiter(), fmt::join(reader->header(), "|"));
  CsvRow row;
  uint64_t line = 0, end = 0;
  for (;;) {
    Got got = reader->next(row).value();
    if (got == Got::end) return out;
    CHECK(row.line > line && row.offset >= end && row.offset + row.length <= text.size());
    CHECK(text.substr(row.offset, row.length) == row.raw);
    line = row.line;
    end = row.offset + row.length;
    if (got == Got::row) CHECK(row.fields.size() == reader->header().size());
    out += fmt::format("{} {} {}|{}\n", row.line, row.column, row.reason, fmt::join(row.fields, "|"));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  std::string whole = read_all(text, kBlock);
  for (size_t block : {size_t{1}, size_t{7}, size_t{64}}) CHECK(read_all(text, block) == whole, "blocks of {}", block);

  // What is written reads back.
  auto reader = CsvReader::open(Input::of(std::string(text), kBlock), "f");
  if (!reader) return 0;
  CsvRow row;
  for (Got got; (got = reader->next(row).value()) != Got::end;) {
    if (got == Got::bad) continue;
    std::vector<std::string_view> fields(row.fields.begin(), row.fields.end());
    std::string again;
    for (size_t i = 0; i < fields.size(); ++i) again += fmt::format("{}c{}", i ? "," : "", i);
    again += '\n';
    size_t header = again.size();
    append_csv(again, fields);
    if (std::string_view(again).substr(header).find_first_not_of(" \t\r\n") == std::string::npos)
      continue;  // a blank line
    auto second = CsvReader::open(Input::of(again, kBlock), "g").value();
    CsvRow copy;
    CHECK(second.next(copy).value() == Got::row, "{}", again);
    CHECK(std::vector<std::string_view>(copy.fields.begin(), copy.fields.end()) == fields, "{}", again);
  }
  return 0;
}
