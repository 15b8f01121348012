#include "app/command_identity.h"

#include <charconv>

#include "accounts/audit.h"
#include "app/commands.h"
#include "json/codec.h"
#include "people/merges.h"
#include "people/what_if.h"
#include "profile/identity_routes.h"

namespace cairn::app {
namespace {

constexpr std::string_view kActor = "operator";

profile::IdentityParts parts_of(Instance& instance) {
  return {instance.world(), instance.store(), instance.log(), instance.history(), instance.identities()};
}

Result<int64_t> number(std::string_view text, std::string_view what) {
  int64_t out = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size() || out <= 0)
    return fail(Code::invalid, "'{}' is no number of a {}", text, what);
  return out;
}

Result<people::Rules> rules_in(Instance& instance, const std::string& path) {
  auto rules = json::decode_text<people::Rules>(TRY(instance.world().files.read(path)));
  if (!rules) return fail(Code::invalid, "{}: {} {}", path, rules.error().field, rules.error().message);
  return rules;
}

Result<void> show_rules(Instance& instance, const IdentityAsked& asked, Output& output) {
  if (!asked.rules.empty())
    TRY(profile::set_rules(parts_of(instance), accounts::Actor::operator_of_machine(),
                           TRY(rules_in(instance, asked.rules))));
  auto rules = instance.identities().rules();
  if (asked.json || asked.rules.empty()) output.text(json::pretty(json::encode(rules->rules())) + "\n");
  else output.text("the rules hold for what comes from now on\n");
  return {};
}

Result<void> try_rules(Instance& instance, const IdentityAsked& asked, Output& output) {
  if (asked.rules.empty())
    return fail(Code::invalid, "name the file with the rules: `cairn identity what-if --rules FILE`");
  auto rules = TRY(rules_in(instance, asked.rules));
  auto found = TRY(people::what_if(instance.store(), instance.log(), instance.identities(), rules,
                                   [&](int64_t) { return !output.is_cancelled(); }));
  if (asked.json) {
    output.text(json::encode_text(found) + "\n");
    return {};
  }
  output.text(fmt::format(
      "of {} people {} would be left: would merge {}, split {}\n{} of {} events would name nobody\n", found.people_now,
      found.people_then, found.would_merge, found.would_split, found.names_nobody, found.events));
  return {};
}

Result<void> merge(Instance& instance, const IdentityAsked& asked, Output& output, bool undoes) {
  people::Merging merging(instance.world(), instance.store(), instance.log(), instance.identities());
  people::Merging::By by{std::string(kActor), asked.reason};
  if (undoes) {
    auto merge = TRY(merging.unmerge(events::MergeId{TRY(number(asked.first, "merge"))}, by));
    output.text(fmt::format("{} and {} are two customers again\n", merge.tie.a.value, merge.tie.b.value));
    return {};
  }
  if (asked.reason.empty()) return fail(Code::invalid, "say by what they are one person: --reason");
  CustomerId from{TRY(number(asked.first, "customer"))}, into{TRY(number(asked.second, "customer"))};
  auto merge = TRY(merging.merge(from, into, by));
  output.text(fmt::format("{0} is {1} now; `cairn identity unmerge {2}` takes it back\n", from.value,
                          merge.tie.into.value, merge.tie.merge.value));
  return {};
}

}  // namespace

Result<void> run_identity(Instance& instance, CommandCall& call) {
  auto asked = TRY(json::decode<IdentityAsked>(call.options));
  if (asked.act == "rules") return show_rules(instance, asked, call.output);
  if (asked.act == "what-if") return try_rules(instance, asked, call.output);
  if (asked.act == "merge" || asked.act == "unmerge")
    return merge(instance, asked, call.output, asked.act == "unmerge");
  return fail(Code::invalid, "'{}' is nothing that identity does; it is rules, what-if, merge or unmerge", asked.act);
}

}  // namespace cairn::app
