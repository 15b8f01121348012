// Pieces of text for a terminal: columns counted in code points, colours only where they are wanted.
#pragma once
#include <string>
#include <string_view>

namespace cairn::report {

/// Padded with spaces to `columns`, or cut with an ellipsis.
std::string left(std::string_view text, size_t columns);
std::string right(std::string_view text, size_t columns);
std::string centred(std::string_view text, size_t columns);
std::string repeated(std::string_view piece, size_t times);
/// A bar of `columns` for a share of 1.
std::string bar(double share, size_t columns);
/// Lines of at most `columns`, broken at spaces, each after `indent` spaces and ending with a line break.
std::string wrapped(std::string_view text, size_t columns, size_t indent);

enum class Ink { plain, bold, dim, good, fair, poor };

class Pen {
 public:
  explicit Pen(bool has_colour) : has_colour_(has_colour) {}
  std::string operator()(Ink ink, std::string_view text) const;

 private:
  bool has_colour_;
};

/// By a score of 0–100.
Ink ink_of(double score);

}  // namespace cairn::report
