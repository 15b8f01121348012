#include "questions/csv.h"

#include <cmath>

#include "base/text.h"
#include "json/value.h"

namespace cairn::questions {
namespace {

using query::BaseType;
using query::Value;

void put_quoted(std::string& out, std::string_view text) {
  if (text.find_first_of(",\"\r\n") == text.npos) {
    out += text;
    return;
  }
  out += '"';
  for (char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

void put_text(std::string& out, std::string_view text) {
  if (!text.empty() && std::string_view("=+-@\t\r").find(text[0]) != std::string_view::npos)
    return put_quoted(out, "'" + std::string(text));
  put_quoted(out, text);
}

std::string seconds_text(Duration d) {
  uint64_t micros = d.micros < 0 ? 0 - static_cast<uint64_t>(d.micros) : static_cast<uint64_t>(d.micros);
  std::string out = fmt::format("{}{}", d.micros < 0 ? "-" : "", micros / 1'000'000);
  if (micros % 1'000'000 == 0) return out;
  out += fmt::format(".{:06}", micros % 1'000'000);
  while (out.back() == '0') out.pop_back();
  return out;
}

std::string list_text(const Value::List& list) {
  std::string out;
  for (const Value& item : list) {
    if (!out.empty()) out += " > ";
    if (auto text = item.get<std::string>()) out += *text;
    else out += query::to_text(item);
  }
  return out;
}

/// A value that is not money, as its field.
void put_plain(std::string& out, const Value& value, const Column& column, const Zone& zone) {
  if (auto b = value.get<bool>()) out += *b ? "true" : "false";
  else if (auto n = value.get<double>()) json::append_number(out, *n);
  else if (auto s = value.get<std::string>()) put_text(out, *s);
  else if (auto t = value.get<Time>())
    put_quoted(out, column.bucket ? bucket_text(*column.bucket, *t, zone) : to_rfc3339(*t));
  else if (auto d = value.get<Duration>()) out += seconds_text(*d);
  else if (auto list = value.get<Value::List>()) put_text(out, list_text(*list));
}

void put_cell(std::string& out, const Value& value, const Column& column, const Zone& zone) {
  if (column.type != BaseType::money) return put_plain(out, value, column, zone);
  const Money* money = value.get<Money>();
  if (!money) {
    out += ",,";
    return;
  }
  out += fmt::format("{},{},{}", to_decimal(money->minor, money->currency), money->minor, money->currency.code());
}

void put_heading(std::string& out, const Column& column) {
  put_text(out, column.name + (column.type == BaseType::duration ? ".seconds" : ""));
  if (column.type != BaseType::money) return;
  for (const char* part : {".minor", ".currency"}) {
    out += ',';
    put_text(out, column.name + part);
  }
}

template <class Put>
void put_line(std::string& out, size_t fields, Put put) {
  for (size_t i = 0; i < fields; ++i) {
    if (i > 0) out += ',';
    put(i);
  }
  out += "\r\n";
}

}  // namespace

std::string to_csv(const Table& table, const Zone& zone) {
  std::string out;
  put_line(out, table.columns.size(), [&](size_t i) { put_heading(out, table.columns[i]); });
  size_t told = table.tells_customers() ? 1 : 0;
  for (size_t row = 0; row < table.size(); ++row)
    put_line(out, table.columns.size(), [&](size_t i) {
      if (i < told) out += std::to_string(table.customers[row].value);
      else put_cell(out, table.rows[row][i - told], table.columns[i], zone);
    });
  return out;
}

std::string facts_csv(const Answer& answer) {
  std::string out;
  put_line(out, answer.facts.size(), [&](size_t i) { put_heading(out, answer.facts[i].column); });
  put_line(out, answer.facts.size(),
           [&](size_t i) { put_cell(out, answer.facts[i].value, answer.facts[i].column, answer.zone); });
  return out;
}

}  // namespace cairn::questions
