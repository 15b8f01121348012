#include "profile/identity_routes.h"

#include "accounts/audit.h"
#include "accounts/permissions.h"
#include "http/json_body.h"
#include "http/path.h"
#include "people/merges.h"
#include "people/what_if.h"

namespace cairn::profile {
namespace {

using http::Method;
using http::Request;
using http::Response;

/// A page may wait so long for 'what if'; the command line waits for all of it.
constexpr Duration kPatience = seconds(30);

struct MergeView {
  std::string id;
  CustomerId merged, with, into;
  std::string rule;
  json::Value evidence;
  Time at;
  std::string by;
  std::optional<Time> undone_at;
  std::string undone_by, undone_why;
};
BOOST_DESCRIBE_STRUCT(MergeView, (), (id, merged, with, into, rule, evidence, at, by, undone_at, undone_by, undone_why))

struct ConflictView {
  std::string kind, value;
  CustomerId customer;
  std::optional<CustomerId> owner;
  std::string reason;
  Time first_at;
};
BOOST_DESCRIBE_STRUCT(ConflictView, (), (kind, value, customer, owner, reason, first_at))

struct MergesView {
  CustomerId id;
  std::vector<MergeView> merges;
  std::vector<ConflictView> conflicts;
};
BOOST_DESCRIBE_STRUCT(MergesView, (), (id, merges, conflicts))

struct Known {
  std::string kind, value;
  Time known_at;
};
BOOST_DESCRIBE_STRUCT(Known, (), (kind, value, known_at))

struct PreviewView {
  CustomerId from, into;
  std::vector<Known> of_from, of_into;
  int64_t events_of_from = 0, events_of_into = 0;
  std::vector<std::string> beyond_limits;
  bool was_taken_back = false;
};
BOOST_DESCRIBE_STRUCT(PreviewView, (),
                      (from, into, of_from, of_into, events_of_from, events_of_into, beyond_limits, was_taken_back))

struct MergeBody {
  std::string from;
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(MergeBody, (), (from, reason))
struct UndoBody {
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(UndoBody, (), (reason))

Result<CustomerId> customer_of(const Request& r) {
  return CustomerId{TRY(http::path_number(r.param("id"), "customer"))};
}

MergeView view_of(const people::Merge& merge) {
  auto evidence = json::parse(merge.evidence);
  return {std::to_string(merge.tie.merge.value),
          merge.tie.a,
          merge.tie.b,
          merge.tie.into,
          std::string(json::enum_name(merge.rule)),
          evidence ? *evidence : json::Value(),
          merge.at,
          merge.actor,
          merge.undone_at,
          merge.undone_by,
          merge.undone_why};
}

/// The same act, with who did it.
people::Merging::By by(const Request& r, Clock& clock, std::string reason, std::string_view act) {
  auto actor = accounts::Actor::of(r.caller);
  return {actor.who(), std::move(reason), [actor, act, &clock](db::Transaction& tx, const people::Merge& merge) {
            return accounts::write_audit(tx, clock.now(), actor, {act, std::to_string(merge.tie.merge.value)});
          }};
}

Result<Response> merges(const IdentityParts& p, const Request& r) {
  CustomerId customer = TRY(customer_of(r));
  const events::Aliases& aliases = std::as_const(p.identities).aliases();
  std::vector<CustomerId> ids = aliases.members(customer);
  MergesView out{aliases.root(customer), {}, {}};
  TRY(p.store.read([&](db::Session& session) -> Result<void> {
    for (const people::Merge& merge : TRY(people::merges_of(session, ids))) out.merges.push_back(view_of(merge));
    for (people::Conflict& one : TRY(people::conflicts_of(session, ids))) {
      auto owner = one.owner.is_set() ? std::optional(aliases.root(one.owner)) : std::nullopt;
      out.conflicts.push_back({one.identifier.kind, one.identifier.value, aliases.root(one.customer), owner,
                               std::string(json::enum_name(one.reason)), one.first_at});
    }
    return {};
  }));
  return http::json_of(out);
}

int64_t events_of(const IdentityParts& p, CustomerId customer) {
  auto version = p.history.version();
  auto place = version ? version->find(p.history.root(customer)) : std::nullopt;
  if (!place) return 0;
  const timeline::Offsets& offsets = place->part->order().offsets();
  return offsets.end(place->customer) - offsets.begin(place->customer);
}

Result<Response> preview(const IdentityParts& p, const Request& r) {
  CustomerId into = TRY(customer_of(r));
  CustomerId from{TRY(http::path_number(r.query_value("from").value_or(""), "customer"))};
  people::Merging merging(p.world, p.store, p.log, p.identities);
  auto found = TRY(merging.preview(from, into));
  PreviewView out{found.from,          found.into,          {}, {}, events_of(p, found.from), events_of(p, found.into),
                  found.beyond_limits, found.was_taken_back};
  for (auto [list, to] : {std::pair(&found.of_from, &out.of_from), std::pair(&found.of_into, &out.of_into)})
    for (people::StoredIdentifier& one : *list) to->push_back({one.kind, one.value, one.known_at});
  return http::json_of(out);
}

/// Who asks next sees it.
Result<Response> shown(const IdentityParts& p, const people::Merge& merge) {
  TRY(p.history.catch_up());
  return http::json_of(view_of(merge));
}

Result<Response> merge(const IdentityParts& p, const Request& r) {
  CustomerId into = TRY(customer_of(r));
  auto body = TRY(http::read_body<MergeBody>(r));
  CustomerId from{TRY(http::path_number(body.from, "customer"))};
  if (body.reason.empty()) return fail_at("reason", "say by what they are one person: it is kept as the evidence");
  people::Merging merging(p.world, p.store, p.log, p.identities);
  return shown(p, TRY(merging.merge(from, into, by(r, p.world.clock, body.reason, "customers_merged"))));
}

Result<Response> unmerge(const IdentityParts& p, const Request& r) {
  events::MergeId id{TRY(http::path_number(r.param("merge"), "merge"))};
  auto body = TRY(http::read_body<UndoBody>(r));
  people::Merging merging(p.world, p.store, p.log, p.identities);
  return shown(p, TRY(merging.unmerge(id, by(r, p.world.clock, body.reason, "customers_unmerged"))));
}

Result<Response> get_rules(const IdentityParts& p, const Request&) {
  return http::json_of(p.identities.rules()->rules());
}
Result<Response> put_rules(const IdentityParts& p, const Request& r) {
  TRY(set_rules(p, accounts::Actor::of(r.caller), TRY(http::read_body<people::Rules>(r))));
  return get_rules(p, r);
}
Result<Response> try_rules(const IdentityParts& p, const Request& r) {
  auto rules = TRY(http::read_body<people::Rules>(r));
  Duration end = p.world.clock.elapsed() + kPatience;
  auto found =
      people::what_if(p.store, p.log, p.identities, rules, [&](int64_t) { return p.world.clock.elapsed() < end; });
  if (!found && found.error().code == Code::conflict)
    return fail(Code::too_large, "this log takes longer than {:.0f} s; ask `cairn identity what-if --rules FILE`",
                kPatience.seconds());
  return http::json_of(TRY(std::move(found)));
}

}  // namespace

Result<void> set_rules(const IdentityParts& parts, const accounts::Actor& actor, const people::Rules& rules) {
  TRY(people::Rulebook::make(rules));
  TRY(parts.store.write_now(db::Lane::people, [&](db::Transaction& tx) -> Result<void> {
    TRY(people::write_rules(tx, rules));
    return accounts::write_audit(tx, parts.world.clock.now(), actor, {"identity_rules_set", ""});
  }));
  return parts.store.write_now(db::Lane::people, [&](db::Transaction& tx) { return parts.identities.load(tx); });
}

std::vector<http::Route> identity_routes(const IdentityParts& parts) {
  auto route = [&parts](Method method, std::string_view path, std::string_view permission, http::Lane lane,
                        std::string_view summary, Result<Response> (*handle)(const IdentityParts&, const Request&),
                        std::vector<http::QueryDoc> query = {}) {
    http::Route out{.method = method,
                    .path = path,
                    .permission = permission,
                    .lane = lane,
                    .summary = summary,
                    .query = std::move(query),
                    .handler = {}};
    out.handler = http::answer([parts, handle](const Request& r) { return handle(parts, r); });
    return out;
  };
  using accounts::kEditCustomers;
  using accounts::kManageSettings;
  using accounts::kViewCustomers;
  constexpr http::Lane kPages = http::Lane::pages;
  return {
      route(Method::get, "/api/v1/customers/{id}/merges", kViewCustomers, kPages,
            "Merges that made this customer, with their evidence, and identifiers that others use, too", merges),
      route(Method::get, "/api/v1/customers/{id}/merge-preview", kViewCustomers, kPages,
            "What a merge would bring together, and what speaks against it", preview,
            {{.name = "from", .what = "The customer who would be merged into this one", .is_required = true}}),
      route(Method::post, "/api/v1/customers/{id}/merge", kEditCustomers, kPages,
            "Merges another customer into this one, whose id remains", merge),
      route(Method::post, "/api/v1/merges/{merge}/undo", kEditCustomers, kPages,
            "Takes a merge back: everything returns where it came from", unmerge),
      route(Method::get, "/api/v1/identity/rules", kViewCustomers, kPages, "The rules of identity", get_rules),
      route(Method::put, "/api/v1/identity/rules", kManageSettings, kPages, "Sets them, for what comes from now on",
            put_rules),
      route(Method::post, "/api/v1/identity/what-if", kManageSettings, http::Lane::long_questions,
            "What other rules would have made of all events: who would be merged, who split", try_rules),
  };
}

}  // namespace cairn::profile
