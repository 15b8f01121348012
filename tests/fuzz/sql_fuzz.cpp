#include <set>

#include "base/check.h"
#include "db/migrations.h"
#include "db/queries.h"
#include "db/sql.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace cairn;
  using namespace cairn::db;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  auto numbered = number_parameters(text, Placeholder::dollar);
  auto again = number_parameters(text, Placeholder::question);
  CHECK(numbered.has_value() == again.has_value());
  if (numbered) {
    // Both dialects have the same parameters, each once, and nothing in the result is one still. (A lone `$` before a
    // parameter could make a dollar quote of its placeholder; no SQL has that.)
    CHECK(numbered->parameters == again->parameters);
    std::set<std::string> names(numbered->parameters.begin(), numbered->parameters.end());
    CHECK(names.size() == numbered->parameters.size());
    auto whole = number_parameters(numbered->text, Placeholder::dollar);
    bool is_same = whole && whole->parameters.empty() && whole->text == numbered->text;
    CHECK(is_same || text.find('$') != text.npos, "{} became {}", text, numbered->text);
  }
  for (Driver driver : {Driver::sqlite, Driver::postgres}) {
    QuerySet queries(driver);
    auto added = queries.add("m.", "file", text);
    CHECK(added || added.error().message.starts_with("file: "));
    (void)select_dialect(text, driver);
  }
  return 0;
}
