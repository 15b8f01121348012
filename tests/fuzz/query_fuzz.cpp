#include "base/check.h"
#include "events/kinds.h"
#include "query/checker.h"
#include "query/limits.h"
#include "query/parser.h"
#include "query/printer.h"

namespace {

using namespace cairn;
using namespace cairn::query;

void expect_places(const Problems& problems, std::string_view text) {
  CHECK(!problems.empty() && problems.size() <= kMaxProblems);
  for (const Problem& problem : problems) {
    CHECK(!problem.message.empty());
    CHECK(size_t{problem.span.offset} + problem.span.length <= text.size());
    CHECK(!describe(problem, text).empty());
  }
}

CheckOptions options() {
  CheckOptions out;
  out.currency = Currency::parse("EUR").value();
  out.event_streams = {"order_completed", "survey_answered"};
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  Parsed parsed = parse(text);
  if (!parsed) {
    expect_places(parsed.error(), text);
    return 0;
  }
  CHECK(parsed->size() <= kMaxNodes + 1);
  std::string printed = print(*parsed);
  static const CheckOptions with = options();
  CheckResult checked = check(*parsed, events::declared_kinds(), with);
  if (!checked) expect_places(checked.error(), text);

  // The canonical text may be longer than the one that was typed, and so too long.
  if (printed.size() > kMaxQueryBytes) return 0;
  Parsed again = parse(printed);
  CHECK(again, "{} became {}", text, printed);
  CHECK(same(*parsed, *again), "{} became {}", text, printed);
  CHECK(print(*again) == printed, "{} became {}", text, printed);
  CheckResult same_verdict = check(*again, events::declared_kinds(), with);
  CHECK(same_verdict.has_value() == checked.has_value(), "{} became {}", text, printed);
  return 0;
}
