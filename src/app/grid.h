// A table of text with columns as wide as what is in them.
#pragma once
#include <string>
#include <vector>

#include "report/canvas.h"

namespace cairn::app {

class Grid {
 public:
  enum class Side { left, right };
  void column(std::string heading, Side side = Side::left) { columns_.push_back({std::move(heading), side}); }
  /// REQUIRES a cell for each column.
  void row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  size_t columns() const { return columns_.size(); }
  /// Lines that end with a line break, not wider than `width` where the texts can be cut. Without rows: nothing.
  std::string draw(size_t width, const report::Pen& pen) const;

 private:
  struct Heading {
    std::string text;
    Side side = Side::left;
  };
  std::vector<Heading> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace cairn::app
