#include "rights/pages.h"

#include <fmt/format.h>

#include "http/html.h"

namespace cairn::rights {

std::string page_begin(std::string_view language, std::string_view title) {
  return fmt::format(
      "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width\"><title>{}</title>\n<style>\n"
      ":root{{color-scheme:light dark}}body{{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;"
      "padding:0 1rem}}h1{{font-size:1.6rem}}h2{{font-size:1.2rem;margin-top:2rem}}"
      "table{{border-collapse:collapse;width:100%}}th,td{{text-align:left;vertical-align:top;padding:.3rem .6rem;"
      "border-bottom:1px solid #8884;overflow-wrap:anywhere}}th{{overflow-wrap:break-word}}td p{{margin:0 0 .6rem}}\n"
      "</style></head><body><main>\n<h1>{}</h1>\n",
      language, http::escape_html(title), http::escape_html(title));
}

namespace {

constexpr std::string_view kNothing = "–";

}  // namespace

std::string as_cell(const json::Value& value) {
  std::string out;
  if (value.is_object()) {
    for (const auto& [name, inner] : value.get_object())
      out += fmt::format("{}<b>{}</b> {}", out.empty() ? "" : "<br>",
                         http::escape_html(std::string_view(name.data(), name.size())), as_cell(inner));
  } else if (value.is_array()) {
    for (const json::Value& one : value.get_array())
      out += one.is_object() ? "<p>" + as_cell(one) + "</p>" : (out.empty() ? "" : ", ") + as_cell(one);
  } else if (value.is_string()) {
    out = http::escape_html(std::string_view(value.get_string().data(), value.get_string().size()));
  } else if (!value.is_null()) {
    out = http::escape_html(json::serialize(value));
  }
  return out.empty() ? std::string(kNothing) : out;
}

std::string as_table(const json::Value& value) {
  std::string out = "<table>\n";
  auto row = [&](std::string_view head, const json::Value& inner) {
    out += fmt::format("<tr>{}<td>{}</td></tr>\n", head, as_cell(inner));
  };
  if (value.is_object()) {
    for (const auto& [name, inner] : value.get_object())
      row(fmt::format("<th scope=\"row\">{}</th>", http::escape_html(std::string_view(name.data(), name.size()))),
          inner);
  } else if (value.is_array()) {
    for (const json::Value& one : value.get_array()) row("", one);
  } else {
    row("", value);
  }
  return out + "</table>";
}

std::string page_end() { return "</main></body></html>\n"; }

}  // namespace cairn::rights
