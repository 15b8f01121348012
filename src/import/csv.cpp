#include "import/csv.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/check.h"
#include "base/text.h"

namespace cairn::import {
namespace {

constexpr std::string_view kDelimiters = ",;\t|";

bool is_ascii(std::string_view text) {
  uint64_t all = 0;
  size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    uint64_t word;
    std::memcpy(&word, text.data() + i, 8);
    all |= word;
  }
  unsigned char rest = 0;
  for (; i < text.size(); ++i) rest |= static_cast<unsigned char>(text[i]);
  return (all & 0x8080808080808080ull) == 0 && rest < 0x80;
}

bool is_blank(std::string_view text) {
  for (char c : text)
    if (c != ' ' && c != '\t' && c != '\r') return false;
  return true;
}

/// The first of `a` or `b` in `text` from `at` on, or its size. Eight bytes at a time: a byte of `word ^ a…a` is zero
/// where `a` stands, and the classic trick finds zero bytes (the lowest one found is always real).
size_t find_either(std::string_view text, size_t at, char a, char b) {
  constexpr uint64_t kOnes = 0x0101010101010101ull, kHighs = 0x8080808080808080ull;
  const uint64_t as = kOnes * static_cast<unsigned char>(a), bs = kOnes * static_cast<unsigned char>(b);
  for (; at + 8 <= text.size(); at += 8) {
    uint64_t word;
    std::memcpy(&word, text.data() + at, 8);
    uint64_t x = word ^ as, y = word ^ bs;
    uint64_t hit = (((x - kOnes) & ~x) | ((y - kOnes) & ~y)) & kHighs;
    if (hit) return at + static_cast<size_t>(__builtin_ctzll(hit) / 8);
  }
  while (at < text.size() && text[at] != a && text[at] != b) ++at;
  return at;
}

}  // namespace

Result<CsvReader> CsvReader::open(Input input, const std::string& path) {
  CsvReader reader(std::move(input));
  TRY(reader.read_header(path));
  return reader;
}

bool CsvReader::sniff(std::string_view window, bool at_end) {
  std::array<size_t, kDelimiters.size()> counts{};
  bool quoted = false;
  size_t at = 0;
  for (; at < window.size(); ++at) {
    char c = window[at];
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c == '\n' || c == '\r') break;
    size_t which = kDelimiters.find(c);
    if (which != kDelimiters.npos) ++counts[which];
  }
  if (at + 1 >= window.size() && !at_end && window.size() <= kRowLimit) return false;
  bool alone = at < window.size() && window[at] == '\r' && !window.substr(at + 1).starts_with('\n');
  end_of_line_ = alone ? '\r' : '\n';
  delimiter_ = kDelimiters[static_cast<size_t>(std::max_element(counts.begin(), counts.end()) - counts.begin())];
  return true;
}

Result<void> CsvReader::read_header(const std::string& path) {
  bool at_end = false;
  for (;;) {
    std::string_view window = input_.window();
    size_t begin = window.find_first_not_of(" \r\n");
    size_t cut = window.substr(0, begin).rfind('\n');
    // As long as nothing but blanks is known, a line feed may still follow them.
    bool may_begin = begin != window.npos || at_end || window.size() > kRowLimit;
    if (cut != window.npos) {
      line_ += static_cast<uint64_t>(std::count(window.begin(), window.begin() + static_cast<long>(cut) + 1, '\n'));
      input_.consume(cut + 1);
    } else if (!window.empty() && may_begin && sniff(window, at_end)) {
      break;
    } else if (at_end) {
      return fail(Code::invalid, "{}: this file is empty", path);
    } else {
      at_end = !TRY(input_.more());
    }
  }
  if (TRY(scan_row()) != Scan::complete)
    return fail(Code::invalid, "{}, line {}: the header cannot be read (an open quote, or over 1 MiB)", path, line_);
  fill_fields(input_.window());
  if (found_.size() == 1 && trim(fields_[0]).empty()) return fail(Code::invalid, "{}: this file is empty", path);
  if (!is_utf8(input_.window().substr(0, row_end_))) convert_fields();
  for (std::string_view field : fields_) {
    std::string name(trim(field));
    if (name.empty()) name = fmt::format("column_{}", header_.size() + 1);
    if (std::find(header_.begin(), header_.end(), name) != header_.end())
      return fail(Code::invalid, "{}: the header names the column '{}' twice; rename one of them", path, name);
    header_.push_back(std::move(name));
  }
  return {};
}

void CsvReader::end_row(std::string_view window, size_t at) {
  row_end_ = at;
  taken_ = at < window.size() ? at + 1 : at;
  if (end_of_line_ == '\n' && at > 0 && window[at - 1] == '\r') --row_end_;
  if (found_.back().end > row_end_) found_.back().end = std::max(row_end_, found_.back().begin);
  auto from = window.begin(), to = from + static_cast<long>(taken_);
  lines_ = quoted_ ? static_cast<size_t>(std::count(from, to, end_of_line_)) : 1;
}

CsvReader::Scan CsvReader::scan_quoted(std::string_view window, bool at_end, size_t& at) {
  Field field{at + 1, at + 1, false};
  quoted_ = true;
  for (size_t from = at + 1;;) {
    const void* quote = from < window.size() ? std::memchr(window.data() + from, '"', window.size() - from) : nullptr;
    if (!quote) return at_end || window.size() > kRowLimit ? Scan::open_quote : Scan::more_needed;
    size_t close = static_cast<size_t>(static_cast<const char*>(quote) - window.data());
    if (close + 1 == window.size() && !at_end) return Scan::more_needed;
    if (close + 1 < window.size() && window[close + 1] == '"') {
      field.doubled = true;
      from = close + 2;
      continue;
    }
    field.end = close;
    at = close + 1;
    break;
  }
  auto blank = [&](char c) {
    return c == ' ' || (c == '\t' && delimiter_ != '\t') || (c == '\r' && end_of_line_ == '\n');
  };
  while (at < window.size() && blank(window[at])) ++at;
  found_.push_back(field);
  if (at == window.size()) return at_end ? Scan::complete : Scan::more_needed;
  return window[at] == delimiter_ || window[at] == end_of_line_ ? Scan::complete : Scan::after_quote;
}

CsvReader::Scan CsvReader::scan(std::string_view window, bool at_end) {
  found_.clear();
  quoted_ = false;
  for (size_t at = 0;;) {
    if (at < window.size() && window[at] == '"') {
      Scan how = scan_quoted(window, at_end, at);
      if (how != Scan::complete) return how;
    } else {
      size_t end = find_either(window, at, delimiter_, end_of_line_);
      if (end == window.size() && !at_end) return end > kRowLimit ? Scan::too_long : Scan::more_needed;
      found_.push_back({at, end, false});
      at = end;
    }
    if (at == window.size() || window[at] == end_of_line_) {
      end_row(window, at);
      return row_end_ > kRowLimit ? Scan::too_long : Scan::complete;
    }
    ++at;
  }
}

Result<CsvReader::Scan> CsvReader::scan_row() {
  bool at_end = false;
  for (;;) {
    Scan how = scan(input_.window(), at_end);
    if (how != Scan::more_needed) return how;
    at_end = !TRY(input_.more());
  }
}

/// Over what the last call gave out.
Result<void> CsvReader::step() {
  input_.consume(taken_);
  line_ += lines_;
  taken_ = lines_ = 0;
  while (skip_line_) {
    std::string_view window = input_.window();
    size_t end = window.find(end_of_line_);
    input_.consume(end == window.npos ? window.size() : end + 1);
    if (end != window.npos || !TRY(input_.more())) skip_line_ = false;
  }
  return {};
}

Result<Got> CsvReader::next(CsvRow& out) {
  for (;;) {
    TRY(step());
    if (input_.window().empty() && !TRY(input_.more())) return Got::end;
    Scan how = TRY(scan_row());
    if (how != Scan::complete) return reject_line(out, how);
    if (found_.size() == 1 && is_blank(input_.window().substr(0, row_end_))) continue;
    return settle(out);
  }
}

Got CsvReader::settle(CsvRow& out) {
  std::string_view window = input_.window();
  out.line = line_;
  out.offset = input_.position();
  out.raw = window.substr(0, row_end_);
  out.length = static_cast<uint32_t>(row_end_);
  out.column = 0;
  out.reason = {};
  if (std::memchr(out.raw.data(), '\0', out.raw.size())) return reject(out, 0, "it holds a NUL byte");
  while (found_.size() > header_.size() && found_.back().begin == found_.back().end) found_.pop_back();
  if (found_.size() != header_.size())
    return reject(out, std::min(found_.size(), header_.size()) + 1,
                  fmt::format("it has {} fields where the header has {}", found_.size(), header_.size()));
  fill_fields(window);
  if (!is_ascii(out.raw) && !is_utf8(out.raw)) {
    convert_fields();
    ++rows_converted_;
  }
  out.fields = fields_;
  return Got::row;
}

Got CsvReader::reject(CsvRow& out, size_t column, std::string reason) {
  reason_ = std::move(reason);
  out.reason = reason_;
  out.column = static_cast<uint32_t>(column);
  out.fields = {};
  return Got::bad;
}

Result<Got> CsvReader::reject_line(CsvRow& out, Scan how) {
  size_t column = found_.size() + (how == Scan::open_quote);
  size_t end;
  while ((end = input_.window().find(end_of_line_)) == std::string_view::npos && input_.window().size() <= kRowLimit)
    if (!TRY(input_.more())) break;
  bool whole = end <= kRowLimit;
  std::string_view window = input_.window();
  row_end_ = whole ? end : std::min(window.size(), kRowLimit);
  taken_ = whole ? end + 1 : row_end_;
  lines_ = 1;
  skip_line_ = !whole && window.size() > kRowLimit;
  out.line = line_;
  out.offset = input_.position();
  out.raw = window.substr(0, row_end_);
  if (end_of_line_ == '\n' && out.raw.ends_with('\r')) out.raw.remove_suffix(1);
  out.length = static_cast<uint32_t>(out.raw.size());
  if (how == Scan::too_long) return reject(out, 0, "it is longer than 1 MiB, or a quote in it is not closed");
  if (how == Scan::open_quote) return reject(out, column, "a quote opens here that is never closed");
  return reject(out, column, "there is text after the closing quote; a quote inside a field is written twice");
}

void CsvReader::fill_fields(std::string_view window) {
  fields_.clear();
  scratch_.clear();
  scratch_.reserve(row_end_);  // so that views into it stay
  for (const Field& field : found_) {
    std::string_view text = window.substr(field.begin, field.end - field.begin);
    if (field.doubled) {
      size_t from = scratch_.size();
      for (size_t i = 0; i < text.size(); ++i) {
        scratch_ += text[i];
        if (text[i] == '"') ++i;
      }
      text = std::string_view(scratch_).substr(from);
    }
    fields_.push_back(text);
  }
}

void CsvReader::convert_fields() {
  std::vector<std::string> texts;
  size_t total = 0;
  for (std::string_view field : fields_) total += texts.emplace_back(from_windows_1252(field)).size();
  converted_.clear();
  converted_.reserve(total);
  for (size_t i = 0; i < texts.size(); ++i) {
    size_t from = converted_.size();
    converted_ += texts[i];
    fields_[i] = std::string_view(converted_).substr(from);
  }
}

void append_csv(std::string& out, std::span<const std::string_view> fields) {
  for (size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) out += ',';
    std::string_view text = fields[i];
    if (text.find_first_of(",;\t|\"\r\n") == text.npos) {
      out += text;
      continue;
    }
    out += '"';
    for (char c : text) {
      if (c == '"') out += '"';
      out += c;
    }
    out += '"';
  }
  out += '\n';
}

std::string from_windows_1252(std::string_view text) {
  // 0x80–0x9F; 0 where the code page leaves a byte open.
  static constexpr std::array<uint16_t, 32> kHigh = {0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                                     0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017D, 0,
                                                     0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                                     0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};
  std::string out;
  out.reserve(text.size() * 3);
  for (char c : text) {
    unsigned code = static_cast<unsigned char>(c);
    if (code >= 0x80 && code < 0xA0) code = kHigh[code - 0x80] ? kHigh[code - 0x80] : 0xFFFD;
    if (code < 0x80) {
      out += c;
    } else if (code < 0x800) {
      out += static_cast<char>(0xC0 | (code >> 6));
      out += static_cast<char>(0x80 | (code & 0x3F));
    } else {
      out += static_cast<char>(0xE0 | (code >> 12));
      out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
      out += static_cast<char>(0x80 | (code & 0x3F));
    }
  }
  return out;
}

}  // namespace cairn::import
