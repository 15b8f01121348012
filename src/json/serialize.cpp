#include <charconv>
#include <cmath>

#include "base/text.h"
#include "json/value.h"

namespace cairn::json {
namespace {

constexpr char kHex[] = "0123456789abcdef";

/// 0 for a byte that stands for itself, else the letter of its escape, `u` for \u00xx.
constexpr std::array<char, 256> kEscapes = [] {
  std::array<char, 256> t{};
  for (size_t i = 0; i < 0x20; ++i) t[i] = 'u';
  t['\b'] = 'b';
  t['\f'] = 'f';
  t['\n'] = 'n';
  t['\r'] = 'r';
  t['\t'] = 't';
  t['"'] = '"';
  t['\\'] = '\\';
  return t;
}();

template <class N>
void append_whole(std::string& out, N n) {
  char buffer[24];
  auto end = std::to_chars(buffer, buffer + sizeof buffer, n).ptr;
  out.append(buffer, end);
}

void append_escaped(std::string& out, std::string_view text) {
  size_t from = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    auto byte = static_cast<unsigned char>(text[i]);
    char escape = kEscapes[byte];
    if (escape == 0) continue;
    out.append(text, from, i - from);
    from = i + 1;
    out += '\\';
    out += escape;
    if (escape == 'u') {
      out += "00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  out.append(text, from);
}

bool is_ascii(std::string_view text) {
  unsigned char all = 0;
  for (char c : text) all |= static_cast<unsigned char>(c);
  return all < 0x80;
}

/// Breaks lines and indents when `width` is not 0.
class Writer {
 public:
  Writer(std::string& out, size_t width) : out_(out), width_(width) {}

  void write(const Value& value) {
    switch (value.kind()) {
      case boost::json::kind::null: out_ += "null"; break;
      case boost::json::kind::bool_: out_ += value.get_bool() ? "true" : "false"; break;
      case boost::json::kind::int64: append_whole(out_, value.get_int64()); break;
      case boost::json::kind::uint64: append_whole(out_, value.get_uint64()); break;
      case boost::json::kind::double_: append_number(out_, value.get_double()); break;
      case boost::json::kind::string: append_text(out_, {value.get_string().data(), value.get_string().size()}); break;
      case boost::json::kind::array: write(value.get_array()); break;
      case boost::json::kind::object: write(value.get_object()); break;
    }
  }

  void write(const Object& object) {
    open('{');
    const char* before = "";
    for (const auto& member : object) {
      out_ += before;
      before = ",";
      line();
      append_text(out_, {member.key().data(), member.key().size()});
      out_ += width_ ? ": " : ":";
      write(member.value());
    }
    close('}', object.empty());
  }

 private:
  void write(const Array& array) {
    open('[');
    const char* before = "";
    for (const Value& element : array) {
      out_ += before;
      before = ",";
      line();
      write(element);
    }
    close(']', array.empty());
  }
  void open(char sign) {
    out_ += sign;
    indent_ += width_;
  }
  void close(char sign, bool empty) {
    indent_ -= width_;
    if (!empty) line();
    out_ += sign;
  }
  void line() {
    if (width_ == 0) return;
    out_ += '\n';
    out_.append(indent_, ' ');
  }

  std::string& out_;
  size_t width_;
  size_t indent_ = 0;
};

}  // namespace

void append_text(std::string& out, std::string_view text) {
  out += '"';
  if (is_ascii(text) || is_utf8(text))
    append_escaped(out, text);
  else
    append_escaped(out, to_utf8(text));
  out += '"';
}

void append_number(std::string& out, double number) {
  if (!std::isfinite(number)) {
    out += "null";
    return;
  }
  if (number == 0) {
    out += std::signbit(number) ? "-0.0" : "0";  // "-0" would be read as the whole number 0
    return;
  }
  // The shortest of all forms would write 100000 as 1e+05.
  double size = std::abs(number);
  bool plain = size >= 1e-5 && size < 1e15;
  char buffer[40];
  auto form = plain ? std::chars_format::fixed : std::chars_format::scientific;
  out.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, number, form).ptr);
}

void serialize_to(std::string& out, const Value& value) { Writer(out, 0).write(value); }
void serialize_to(std::string& out, const Object& object) { Writer(out, 0).write(object); }

std::string serialize(const Value& value) {
  std::string out;
  serialize_to(out, value);
  return out;
}

std::string pretty(const Value& value) {
  std::string out;
  Writer(out, 2).write(value);
  return out;
}

}  // namespace cairn::json
