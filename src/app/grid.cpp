#include "app/grid.h"

#include <algorithm>
#include <numeric>

#include "base/text.h"

namespace cairn::app {
namespace {

constexpr size_t kGap = 2;
constexpr size_t kNarrowest = 8;

/// Takes from the widest texts until all fit; numbers are never cut.
void narrow(std::vector<size_t>& widths, const std::vector<bool>& may_cut, size_t width) {
  for (;;) {
    size_t all = std::accumulate(widths.begin(), widths.end(), kGap * widths.size());
    size_t* widest = nullptr;
    for (size_t i = 0; i < widths.size(); ++i)
      if (may_cut[i] && widths[i] > kNarrowest && (!widest || widths[i] > *widest)) widest = &widths[i];
    if (all <= width || !widest) return;
    --*widest;
  }
}

std::string trimmed(std::string line) {
  while (line.ends_with(' ')) line.pop_back();
  return line;
}

}  // namespace

std::string Grid::draw(size_t width, const report::Pen& pen) const {
  if (rows_.empty()) return {};
  std::vector<size_t> widths;
  std::vector<bool> may_cut;
  for (size_t i = 0; i < columns_.size(); ++i) {
    size_t most = length(columns_[i].text);
    for (const auto& row : rows_) most = std::max(most, length(row[i]));
    widths.push_back(most);
    may_cut.push_back(columns_[i].side == Side::left);
  }
  narrow(widths, may_cut, width);
  auto line = [&](auto cell) {
    std::string out;
    for (size_t i = 0; i < columns_.size(); ++i)
      out += std::string(kGap, ' ') +
             (columns_[i].side == Side::left ? report::left(cell(i), widths[i]) : report::right(cell(i), widths[i]));
    return trimmed(std::move(out));
  };
  std::string out = pen(report::Ink::dim, line([&](size_t i) { return columns_[i].text; })) + "\n";
  for (const auto& row : rows_) out += line([&](size_t i) { return row[i]; }) + "\n";
  return out;
}

}  // namespace cairn::app
