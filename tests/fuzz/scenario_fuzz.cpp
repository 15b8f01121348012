// The scenario reader is a test's own and no module, so it is compiled in here.
#include "api/scenario.cpp"

#include "base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace cairn;
  using namespace cairn::test;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  Result<Scenario> scenario = parse_scenario(text);
  CHECK(scenario || scenario.error().message.starts_with("line "));
  if (!scenario) return 0;
  CHECK(!scenario->steps.empty());
  for (const Step& step : scenario->steps) {
    CHECK(step.line > 0);
    CHECK(step.kind != Step::Kind::request || !step.target.empty());
    for (const Check& check : step.checks) CHECK(check.line > step.line && !check.op.empty());
    (void)fill_in(step.body, {{"id", "{id}"}});
  }
  return 0;
}
