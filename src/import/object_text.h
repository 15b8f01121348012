// A JSON object written member by member, for the properties of an event: much cheaper than building a value first.
#pragma once
#include <string>
#include <string_view>

#include "base/money.h"
#include "json/value.h"

namespace cairn::import {

class ObjectText {
 public:
  ObjectText() : out_("{") {}
  void text(std::string_view name, std::string_view value) {
    key(name);
    json::append_text(out_, value);
  }
  /// Nothing when the value is empty.
  void text_if(std::string_view name, std::string_view value) {
    if (!value.empty()) text(name, value);
  }
  void money(std::string_view name, int64_t minor, Currency currency) { raw(name, to_decimal(minor, currency)); }
  void integer(std::string_view name, int64_t value) { raw(name, std::to_string(value)); }
  /// `json` is JSON already: a number, a list, an object.
  void raw(std::string_view name, std::string_view json) {
    key(name);
    out_ += json;
  }
  bool is_empty() const { return out_.size() == 1; }
  /// The object; this one starts anew.
  std::string take() {
    out_ += '}';
    std::string done = std::move(out_);
    out_.assign(1, '{');
    return done;
  }

 private:
  void key(std::string_view name) {
    if (out_.size() > 1) out_ += ',';
    json::append_text(out_, name);
    out_ += ':';
  }
  std::string out_;
};

}  // namespace cairn::import
