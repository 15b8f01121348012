// Whatever the bytes: no crash, and what was accepted is written and read back to the same text.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "json/codec.h"

namespace {

enum class Side { left, right };
BOOST_DESCRIBE_ENUM(Side, left, right)

struct Leaf {
  std::optional<Side> side;
  std::optional<cairn::Time> at;
  std::optional<cairn::Money> price;
  std::vector<Leaf> leaves;
  static constexpr bool kDefaults = true;
};
BOOST_DESCRIBE_STRUCT(Leaf, (), (side, at, price, leaves))

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  namespace json = cairn::json;
  auto value = json::parse({reinterpret_cast<const char*>(data), size});
  if (!value) {
    CHECK(value.error().message.starts_with("line "), "{}", value.error().message);
    return 0;
  }
  std::string text = json::serialize(*value);
  auto again = json::parse(text, {.depth = 64, .bytes = SIZE_MAX});
  CHECK(again, "{}: {}", again.error().message, text);
  CHECK(json::serialize(*again) == text);
  CHECK(json::parse(json::pretty(*value), {.depth = 64, .bytes = SIZE_MAX}));
  if (auto leaf = json::decode<Leaf>(*value)) {
    std::string encoded = json::encode_text(*leaf);
    auto same = json::decode_text<Leaf>(encoded);
    CHECK(same, "{}: {}", same.error().message, encoded);
    CHECK(json::encode_text(*same) == encoded);
  }
  return 0;
}
