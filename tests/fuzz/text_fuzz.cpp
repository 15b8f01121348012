#include "base/check.h"
#include "base/text.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace cairn;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  std::string valid = to_utf8(text);
  CHECK(is_utf8(valid));
  CHECK(is_utf8(text) == (valid == text));
  CHECK(length(valid) <= valid.size());
  std::string snake = to_snake(text);
  CHECK(to_snake(snake) == snake, "'{}' then '{}'", snake, to_snake(snake));
  std::string_view trimmed = trim(text);
  CHECK(trim(trimmed) == trimmed);
  size_t joined = 0;
  for (std::string_view part : split(text, ',')) joined += part.size() + 1;
  CHECK(joined == text.size() + 1);
  (void)nearest(text.substr(0, 64), {"order_completed", "product_viewed", "été"});
  return 0;
}
