#include "measures/owners.h"

#include <algorithm>

#include "base/hash.h"
#include "events/kinds.h"
#include "json/scalar.h"
#include "json/value.h"

namespace cairn::measures {
namespace {

/// The text of a member at the top of a JSON object, or the digits of a whole number; empty when it is not there. Looks
/// at the text first: of most events nothing needs to be parsed.
std::string key_in(std::string_view properties, std::string_view name) {
  if (properties.find(name) == properties.npos && properties.find('\\') == properties.npos) return {};
  auto object = json::parse_object(properties);
  const json::Value* value = object ? json::find(*object, name) : nullptr;
  if (!value) return {};
  if (value->is_string()) return {value->get_string().data(), value->get_string().size()};
  auto whole = json::whole_of(*value);
  return whole ? std::to_string(*whole) : std::string();
}

}  // namespace

uint64_t Owners::thing_of(const query::Kind& kind, std::string_view properties) {
  if (kind.business_key.empty()) return 0;
  std::string key = key_in(properties, kind.business_key);
  return key.empty() ? 0 : hash64(key, hash64(kind.entity)) | 1;
}

void Owners::add(uint64_t thing, const Claim& claim) {
  auto [it, is_new] = things_.try_emplace(thing, Thing{claim, {}, false});
  if (is_new) return;
  Thing& known = it->second;
  auto is_same = [&](const Claim& c) { return c.customer == claim.customer && c.source == claim.source; };
  auto disagrees = [&](const Claim& c) { return c.customer != claim.customer && c.source == claim.source; };
  if (is_same(known.best) || std::any_of(known.others.begin(), known.others.end(), is_same)) return;
  known.is_ambiguous |= disagrees(known.best) || std::any_of(known.others.begin(), known.others.end(), disagrees);
  known.others.push_back(claim);
  if (claim.precedence > known.best.precedence) std::swap(known.best, known.others.back());
}

void Owners::settle() {
  std::erase_if(things_, [](const auto& entry) {
    const Thing& thing = entry.second;
    auto elsewhere = [&](const Claim& c) { return c.customer != thing.best.customer; };
    return thing.is_ambiguous || std::none_of(thing.others.begin(), thing.others.end(), elsewhere);
  });
}

CustomerId Owners::owner(uint64_t thing) const {
  auto it = things_.find(thing);
  return it == things_.end() ? CustomerId{} : it->second.best.customer;
}

Result<Owners> Owners::of(events::Log& log, const std::function<CustomerId(CustomerId)>& canonical) {
  Owners owners;
  // Sources are numbered from 1.
  if (log.source_name(SourceId{2}).empty()) return owners;
  std::unordered_map<KindId, const query::Kind*> kinds;
  TRY(log.sweep(Seq{}, [&](const events::LogRow& row) {
    auto [it, is_new] = kinds.try_emplace(row.kind, nullptr);
    if (is_new) {
      const query::Kind* kind = events::declared_kinds().find(log.kind_name(row.kind));
      if (kind && !kind->business_key.empty()) it->second = kind;
    }
    if (!it->second || (row.flags & events::kSetApart)) return true;
    uint64_t thing = thing_of(*it->second, row.properties);
    if (thing == 0) return true;
    CustomerId customer = canonical ? canonical(row.customer) : row.customer;
    owners.add(thing, {customer, row.source, log.source_precedence(row.source)});
    return true;
  }));
  owners.settle();
  return owners;
}

}  // namespace cairn::measures
