#include "import/lines.h"

#include <cstring>

#include "base/text.h"

namespace cairn::import {

Result<size_t> LineReader::find_end() {
  for (size_t from = 0;;) {
    std::string_view window = input_.window();
    if (from < window.size()) {
      const void* found = std::memchr(window.data() + from, '\n', window.size() - from);
      if (found) return static_cast<size_t>(static_cast<const char*>(found) - window.data());
    }
    from = window.size();
    if (from > kRowLimit || !TRY(input_.more())) return from;
  }
}

Result<void> LineReader::skip_rest() {
  for (;;) {
    std::string_view window = input_.window();
    size_t end = window.find('\n');
    input_.consume(end == window.npos ? window.size() : end);
    if (end != window.npos || !TRY(input_.more())) return {};
  }
}

Result<bool> LineReader::next(Line& out) {
  for (;;) {
    input_.consume(taken_);
    taken_ = 0;
    if (skip_) TRY(skip_rest());
    if (number_ > 0 && input_.window().starts_with('\n')) input_.consume(1);
    size_t length = TRY(find_end());
    if (length == 0 && input_.window().empty()) return false;
    ++number_;
    std::string_view text = input_.window().substr(0, length);
    taken_ = length;
    out.number = number_;
    out.offset = input_.position();
    skip_ = out.too_long = length > kRowLimit;
    out.text = out.too_long ? text.substr(0, kRowLimit) : text;
    if (out.text.ends_with('\r')) out.text.remove_suffix(1);
    if (!trim(out.text).empty()) return true;
  }
}

}  // namespace cairn::import
