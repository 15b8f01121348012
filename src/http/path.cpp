#include "http/path.h"

#include <charconv>

namespace cairn::http {

Result<int64_t> path_number(std::string_view text, std::string_view what) {
  int64_t out = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size() || text.empty())
    return fail(Code::not_found, "there is no such {}", what);
  return out;
}

}  // namespace cairn::http
