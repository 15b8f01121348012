#include "questions/compose.h"

#include <fmt/ranges.h>

#include <algorithm>

namespace cairn::questions {
namespace {

struct Form {
  std::string_view name;
  std::string_view what;   ///< What it wants, for people.
  size_t least, most;      ///< How many of these.
  std::string_view takes;  ///< Options besides `for` and the moment, with a space before and behind each.
};

constexpr size_t kAny = SIZE_MAX;
constexpr Form kForms[] = {
    {"select", "a condition, like 'exists(orders)'", 1, 1, " "},
    {"values", "expressions, like 'count(orders)' 'customer.country'", 1, kAny, " "},
    {"series", "an aggregate, like 'count(order_completed)'", 1, 1, " --by period "},
    {"funnel", "steps, like 'product_viewed then order_completed'", 1, kAny, " --by --within --on period "},
    {"retention", "a start and a return, like 'order_completed then order_completed'", 1, 2, " --by --every period "},
    {"paths", "no text, but --from or --to an event", 0, 0, " --from --to --within --depth period "},
    {"transitions", "no text", 0, 0, " period "},
};

Result<void> check_options(const Parts& p, const Form& form) {
  auto refuse = [&](bool is_given, std::string_view option) -> Result<void> {
    if (!is_given || form.takes.find(fmt::format(" {} ", option)) != form.takes.npos) return {};
    return fail(Code::invalid, "{} has no {}", form.name,
                option == "period" ? "period: what is asked there says its own" : option);
  };
  TRY(refuse(!p.by.empty(), "--by"));
  TRY(refuse(p.within.has_value(), "--within"));
  TRY(refuse(p.on.has_value(), "--on"));
  TRY(refuse(p.every.has_value(), "--every"));
  TRY(refuse(p.depth.has_value(), "--depth"));
  TRY(refuse(p.from.has_value(), "--from"));
  TRY(refuse(p.to.has_value(), "--to"));
  TRY(refuse(p.period || p.last || p.since || p.until, "period"));
  if (p.customers && form.name == "select")
    return fail(Code::invalid, "select has no --for: join the conditions with 'and'");
  return {};
}

Result<std::string> period_of(const Parts& p) {
  if (int{p.period.has_value()} + int{p.last.has_value()} + int{p.since || p.until} > 1)
    return fail(Code::invalid, "one period at a time: --last, or --since and --until, or --period");
  if (p.period) return " " + *p.period;
  if (p.last) return " last " + *p.last;
  if (p.since && p.until) return fmt::format(" between {} and {}", *p.since, *p.until);
  if (p.since) return " since " + *p.since;
  if (p.until) return " before " + *p.until;
  return std::string();
}

/// `start` alone comes back to itself.
std::string steps_of(const Parts& p) {
  std::string out = fmt::format("{}", fmt::join(p.what, " then "));
  if (p.form == "retention" && out.find(" then ") == out.npos) out += " then " + out;
  return out;
}

}  // namespace

Result<std::string> compose(const Parts& p) {
  auto form = std::find_if(std::begin(kForms), std::end(kForms), [&](const Form& f) { return f.name == p.form; });
  if (form == std::end(kForms)) {
    std::vector<std::string_view> names;
    for (const Form& f : kForms) names.push_back(f.name);
    return fail(Code::invalid, "'{}' is no question; there are {}", p.form, fmt::join(names, ", "));
  }
  if (p.what.size() < form->least || p.what.size() > form->most)
    return fail(Code::invalid, "{} wants {}", p.form, form->what);
  TRY(check_options(p, *form));
  std::string inner = p.form == "values" ? fmt::format("{}", fmt::join(p.what, ", ")) : steps_of(p);
  if (p.form == "paths") {
    if (p.from.has_value() == p.to.has_value())
      return fail(Code::invalid, "paths begin --from an event or end --to one: name one of the two");
    inner = p.from ? "from " + *p.from : "to " + *p.to;
  }
  if (p.depth) inner += " depth " + *p.depth;
  if (p.within) inner += " within " + *p.within;
  if (p.on) inner += " on " + *p.on;
  if (p.every) inner += " every " + *p.every;
  if (!p.by.empty()) inner += fmt::format(" by {}", fmt::join(p.by, ", "));
  std::string out = fmt::format("{}({})", p.form, inner);
  if (p.customers) out += " for " + *p.customers;
  return out + TRY(period_of(p));
}

}  // namespace cairn::questions
