// CSV as RFC 4180 says and as files are. The rules where the two part:
//
// 1. Lines end with LF or CRLF, or with CR alone when the header's line does. Lines of nothing but blanks are stepped
//    over.
// 2. The delimiter is the one of , ; TAB | that stands most often in the header outside quotes.
// 3. A quote opens a field only as its first byte; anywhere else in an unquoted field it is a sign like any other.
//    Inside a quoted field "" is one quote, and line breaks belong to the field. Blanks after the closing quote are
//    ignored.
// 4. Anything else after a closing quote, and a quote that is not closed before the end of the file or within 1 MiB,
//    spoil that one line: it is rejected, and reading goes on with the line below.
// 5. A row shorter than the header, or longer by anything but empty fields, is rejected.
// 6. A row with a NUL byte, or longer than 1 MiB, is rejected.
// 7. A row that is not UTF-8 is read as Windows-1252, which is what spreadsheets write, and counted.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "import/input.h"

namespace cairn::import {

enum class Got { row, bad, end };

/// What next() found. Views are valid until the next call.
struct CsvRow {
  uint64_t line = 0;                         ///< Physical line of its first byte, from 1.
  uint64_t offset = 0;                       ///< Of its first byte in the file.
  uint32_t length = 0;                       ///< Of `raw`.
  std::string_view raw;                      ///< The row's bytes without the line's end.
  std::span<const std::string_view> fields;  ///< As many as the header has; unquoted, not trimmed, UTF-8.
  uint32_t column = 0;                       ///< When bad: which field, from 1; 0 when no one field is.
  std::string_view reason;                   ///< When bad: what is wrong.
};

class CsvReader {
 public:
  /// Reads the header. Errors: invalid when it cannot be read (an open quote, over 1 MiB, a name that stands twice).
  /// `path` is for messages.
  static Result<CsvReader> open(Input input, const std::string& path);

  /// Trimmed; a column without a name is `column_3`.
  const std::vector<std::string>& header() const { return header_; }
  char delimiter() const { return delimiter_; }
  Result<Got> next(CsvRow& out);
  uint64_t position() const { return input_.position(); }
  /// Rows read as Windows-1252 so far.
  uint64_t rows_converted() const { return rows_converted_; }

 private:
  /// How the record at the window's start ends.
  enum class Scan { complete, more_needed, open_quote, after_quote, too_long };
  struct Field {
    size_t begin = 0, end = 0;
    bool doubled = false;  ///< Holds "" that stand for one quote.
  };

  explicit CsvReader(Input input) : input_(std::move(input)) {}
  Result<void> read_header(const std::string& path);
  /// Sets the delimiter and the line's end from the header. False when the window does not hold all of it.
  bool sniff(std::string_view window, bool at_end);
  Scan scan(std::string_view window, bool at_end);
  Scan scan_quoted(std::string_view window, bool at_end, size_t& at);
  void end_row(std::string_view window, size_t at);
  Result<Scan> scan_row();
  Result<void> step();
  Got settle(CsvRow& out);
  Got reject(CsvRow& out, size_t column, std::string reason);
  Result<Got> reject_line(CsvRow& out, Scan how);
  void fill_fields(std::string_view window);
  void convert_fields();

  Input input_;
  char delimiter_ = ',';
  char end_of_line_ = '\n';
  std::vector<std::string> header_;
  std::vector<Field> found_;
  std::vector<std::string_view> fields_;
  std::string scratch_;    // fields with doubled quotes, written out
  std::string converted_;  // fields of a row that was not UTF-8
  std::string reason_;
  size_t row_end_ = 0;   // of the record in the window, without the line's end
  size_t taken_ = 0;     // with it: consumed by the next call
  size_t lines_ = 0;     // physical lines in it
  bool quoted_ = false;  // it has a quoted field
  uint64_t line_ = 1;
  bool skip_line_ = false;
  uint64_t rows_converted_ = 0;
};

/// One row as CSV, ended by LF; a field is quoted when it must be.
void append_csv(std::string& out, std::span<const std::string_view> fields);
/// Windows-1252 to UTF-8; the five bytes that it leaves open become U+FFFD.
std::string from_windows_1252(std::string_view text);

}  // namespace cairn::import
