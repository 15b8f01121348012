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
      "border-bottom:1px solid #8884;overflow-wrap:anywhere}}pre{{white-space:pre-wrap;overflow-wrap:anywhere}}\n"
      "</style></head><body><main>\n<h1>{}</h1>\n",
      language, http::escape_html(title), http::escape_html(title));
}

std::string page_end() { return "</main></body></html>\n"; }

}  // namespace cairn::rights
