// A row's texts piece by piece, for who takes something out of them: what stays keeps its spelling.
#pragma once
#include <cctype>
#include <string>
#include <string_view>

#include "json/value.h"

namespace cairn::events {

/// Where `word` stands in `text` as a word of its own, from `from` on; npos: nowhere.
size_t find_word(std::string_view text, std::string_view word, size_t from = 0);

/// What a scalar says: a text without its quotes, anything else as it is written.
std::string text_of(std::string_view written);

/// A JSON text as it is written, member by member.
class Cutter {
 public:
  explicit Cutter(std::string_view text) : text_(text) { skip_blanks(); }

  /// Calls visit(key, value) for the members of an object, visit("", value) for the elements of an array; both as they
  /// are written. REQUIRES a text that json::parse takes.
  template <class F>
  void each(F visit) {
    bool is_object = text_[at_] == '{';
    ++at_;
    for (skip_blanks(); at_ < text_.size() && text_[at_] != '}' && text_[at_] != ']'; skip_blanks()) {
      if (text_[at_] == ',') {
        ++at_;
        continue;
      }
      std::string_view key;
      if (is_object) {
        key = take();
        skip_blanks();
        ++at_;  // the colon
        skip_blanks();
      }
      visit(key, take());
    }
  }

 private:
  void skip_blanks();
  void skip_text();
  std::string_view take();

  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace cairn::events
