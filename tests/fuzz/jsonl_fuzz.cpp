#include "base/check.h"
#include "import/json_events.h"
#include "import/lines.h"
#include "json/value.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace cairn;
  using namespace cairn::import;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  for (size_t block : {size_t{1} << 14, size_t{3}}) {
    LineReader reader(Input::of(std::string(text), block));
    JsonEvents json_events(Reading{});
    Line line;
    uint64_t number = 0;
    while (reader.next(line).value()) {
      CHECK(line.number > number);
      CHECK(text.substr(line.offset, line.text.size()) == line.text);
      number = line.number;
      events::NewEvent event;
      auto refusal = json_events.read(line.text, event);
      if (refusal) {
        CHECK(!refusal->reason.empty());
        continue;
      }
      CHECK(json::parse_object(event.properties).has_value(), "{}", event.properties);
      CHECK(!event.kind.empty() && !event.identifiers.empty() && !event.source_key.empty());
    }
  }
  return 0;
}
