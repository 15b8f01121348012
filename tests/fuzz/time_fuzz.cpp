#include "base/check.h"
#include "base/zone.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace cairn;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  Result<ParsedTime> parsed = parse_time(text);
  if (!parsed) {
    CHECK(parsed.error().code == Code::invalid && !parsed.error().message.empty());
    return 0;
  }
  // What is printed is read back as the same moment, unless the offset carried it out of the years 1 to 9999.
  std::string printed = to_rfc3339({parsed->micros});
  Result<ParsedTime> again = parse_time(printed);
  if (again) CHECK(again->zoned && again->micros == parsed->micros, "{} became {}", text, printed);
  static const Zone paris = Zone::find("Europe/Paris").value();
  (void)parse_moment(text, paris);
  return 0;
}
