#include "base/check.h"
#include "base/money.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace cairn;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  for (std::string_view code : {"EUR", "JPY", "TND"}) {
    Currency currency = Currency::parse(code).value();
    Result<int64_t> minor = parse_minor(text, currency);
    if (!minor) continue;
    std::string printed = to_decimal(*minor, currency);
    Result<int64_t> again = parse_minor(printed, currency);
    CHECK(again && *again == *minor, "'{}' {} became {}", text, code, printed);
  }
  (void)Currency::parse(text);
  return 0;
}
