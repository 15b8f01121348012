#include "events/cutting.h"

namespace cairn::events {
namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) || (static_cast<unsigned char>(c) & 0x80); }

}  // namespace

size_t find_word(std::string_view text, std::string_view word, size_t from) {
  for (size_t at = text.find(word, from); at != text.npos; at = text.find(word, at + 1)) {
    size_t end = at + word.size();
    bool begins = at == 0 || !is_word(word.front()) || !is_word(text[at - 1]);
    bool ends = end == text.size() || !is_word(word.back()) || !is_word(text[end]);
    if (begins && ends) return at;
  }
  return text.npos;
}

std::string text_of(std::string_view written) {
  auto value = json::parse(written);
  if (!value || !value->is_string()) return std::string(written);
  return {value->get_string().data(), value->get_string().size()};
}

void Cutter::skip_blanks() {
  while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) ++at_;
}

void Cutter::skip_text() {
  for (++at_; text_[at_] != '"'; ++at_)
    if (text_[at_] == '\\') ++at_;
  ++at_;
}

std::string_view Cutter::take() {
  size_t begin = at_;
  int depth = 0;
  do {
    char c = text_[at_];
    if (c == '"') {
      skip_text();
      continue;
    }
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    ++at_;
    bool ends = at_ == text_.size() || std::string_view(",}] \t\r\n").find(text_[at_]) != std::string_view::npos;
    if (depth == 0 && (c == '}' || c == ']' || ends)) break;
  } while (at_ < text_.size() && (depth > 0 || text_[begin] != '"'));
  return text_.substr(begin, at_ - begin);
}

}  // namespace cairn::events
