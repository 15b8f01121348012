#include "report/canvas.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/text.h"
#include "measures/levels.h"

namespace cairn::report {
namespace {

std::string cut(std::string_view text, size_t columns) {
  if (length(text) <= columns) return std::string(text);
  std::string out;
  size_t taken = 0;
  for (size_t i = 0; i < text.size() && taken + 1 < columns; ++taken) {
    size_t end = i + 1;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
    out += text.substr(i, end - i);
    i = end;
  }
  return out + "…";
}

}  // namespace

std::string repeated(std::string_view piece, size_t times) {
  std::string out;
  for (size_t i = 0; i < times; ++i) out += piece;
  return out;
}

std::string left(std::string_view text, size_t columns) {
  std::string out = cut(text, columns);
  return out + std::string(columns - length(out), ' ');
}

std::string right(std::string_view text, size_t columns) {
  std::string out = cut(text, columns);
  return std::string(columns - length(out), ' ') + out;
}

std::string centred(std::string_view text, size_t columns) {
  std::string out = cut(text, columns);
  size_t free = columns - length(out);
  return std::string(free / 2, ' ') + out + std::string(free - free / 2, ' ');
}

std::string bar(double share, size_t columns) {
  auto full = static_cast<size_t>(std::lround(std::clamp(share, 0.0, 1.0) * static_cast<double>(columns)));
  return repeated("█", full) + repeated("░", columns - full);
}

std::string wrapped(std::string_view text, size_t columns, size_t indent) {
  std::string out, line;
  auto flush = [&] {
    if (!line.empty()) out += std::string(indent, ' ') + line + "\n";
    line.clear();
  };
  for (std::string_view word : split(text, ' ')) {
    if (!line.empty() && indent + length(line) + 1 + length(word) > columns) flush();
    if (!line.empty()) line += ' ';
    line += word;
  }
  flush();
  return out;
}

std::string Pen::operator()(Ink ink, std::string_view text) const {
  if (!has_colour_ || ink == Ink::plain) return std::string(text);
  constexpr std::string_view kCodes[] = {"", "1", "2", "32", "33", "31"};
  return fmt::format("\x1b[{}m{}\x1b[0m", kCodes[static_cast<size_t>(ink)], text);
}

Ink ink_of(double score) {
  if (score >= measures::kBearing) return Ink::good;
  return score >= measures::kBearing / 2 ? Ink::fair : Ink::poor;
}

}  // namespace cairn::report
