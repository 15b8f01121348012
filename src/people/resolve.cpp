#include "people/resolve.h"

#include <algorithm>
#include <optional>

#include "base/check.h"

namespace cairn::people {
namespace {

bool is_device(const events::Identifier& id) { return id.kind == kDeviceKind; }

/// What is accepted so far, and whether one more fits.
class Bench {
 public:
  Bench(const Rulebook& rules, Knowledge& knowledge, Time known_at, bool is_trusted)
      : rules_(rules), knowledge_(knowledge), known_at_(known_at), is_trusted_(is_trusted) {}

  Result<std::optional<Demotion>> try_one(const events::Identifier& id, CustomerId owner);
  Decision decision() const;

 private:
  struct Accepted {
    events::Identifier id;
    CustomerId owner;  ///< Not set: nobody's until now.
    CustomerId root;
  };
  struct Person {
    CustomerId root;
    CustomerId owner;  ///< Of the strongest identifier that names them.
    events::Identifier by;
    bool is_known = false;
    std::vector<Held> held;
  };

  Result<Person> person(const events::Identifier& id, CustomerId owner, CustomerId root) const;
  int count(const std::vector<Held>& held, std::string_view kind) const;
  int count_joining(std::string_view kind) const;
  bool exceeds(const KindRule& rule, int n) const { return rule.limit > 0 && n > rule.limit; }
  bool exceeds_with(const Person& added) const;
  std::optional<Demotion> obstacle(const Person& added) const;

  const Rulebook& rules_;
  Knowledge& knowledge_;
  const Time known_at_;
  const bool is_trusted_;
  std::vector<Accepted> accepted_;
  std::vector<Person> persons_;
};

Result<Bench::Person> Bench::person(const events::Identifier& id, CustomerId owner, CustomerId root) const {
  const std::vector<Held>* held = TRY(knowledge_.held(root));
  bool is_known = std::any_of(held->begin(), held->end(), [](const Held& one) { return one.kind != kDeviceKind; });
  return Person{root, owner, id, is_known, *held};
}

/// Those that count for the limit now.
int Bench::count(const std::vector<Held>& held, std::string_view kind) const {
  auto window = length_of(rules_.rule_of(kind).window);
  return static_cast<int>(std::count_if(held.begin(), held.end(), [&](const Held& one) {
    return one.kind == kind && (!window || known_at_ - one.known_at < *window);
  }));
}

int Bench::count_joining(std::string_view kind) const {
  return static_cast<int>(std::count_if(accepted_.begin(), accepted_.end(), [&](const Accepted& one) {
    return one.id.kind == kind && !one.owner.is_set();
  }));
}

/// Whether the persons together with one more would have too much of something that the one brings.
bool Bench::exceeds_with(const Person& added) const {
  std::vector<std::string_view> kinds;
  for (const Held& one : added.held)
    if (std::find(kinds.begin(), kinds.end(), one.kind) == kinds.end()) kinds.push_back(one.kind);
  return std::any_of(kinds.begin(), kinds.end(), [&](std::string_view kind) {
    int own = count(added.held, kind), others = count_joining(kind);
    for (const Person& person : persons_) others += count(person.held, kind);
    return own > 0 && others > 0 && exceeds(rules_.rule_of(kind), own + others);
  });
}

std::optional<Demotion> Bench::obstacle(const Person& added) const {
  bool device = is_device(added.by);
  for (const Accepted& one : accepted_) {
    if (is_device(one.id) || !added.is_known) continue;
    // Somebody's, then it is not the added one's: they are not among the persons so far.
    auto is_of_its_kind = [&](const Held& held) { return held.kind == one.id.kind; };
    bool is_anothers = one.owner.is_set() || std::any_of(added.held.begin(), added.held.end(), is_of_its_kind);
    if (device && is_anothers) return Demotion::shared_device;
    if (!device && !is_trusted_) return Demotion::untrusted;
  }
  const events::Aliases& aliases = knowledge_.aliases();
  size_t ids = aliases.members(added.root).size();
  for (const Person& person : persons_) {
    if (aliases.are_apart(person.root, added.root)) return Demotion::kept_apart;
    ids += aliases.members(person.root).size();
  }
  if (!persons_.empty() && ids > static_cast<size_t>(rules_.rules().most_ids)) return Demotion::too_many;
  if (exceeds_with(added)) return Demotion::limit;
  return std::nullopt;
}

Result<std::optional<Demotion>> Bench::try_one(const events::Identifier& id, CustomerId owner) {
  CustomerId root = owner.is_set() ? knowledge_.aliases().root(owner) : CustomerId{};
  auto same = std::find_if(persons_.begin(), persons_.end(), [&](const Person& p) { return p.root == root; });
  if (owner.is_set() && same == persons_.end()) {
    Person added = TRY(person(id, owner, root));
    if (auto reason = obstacle(added)) return reason;
    persons_.push_back(std::move(added));
  }
  if (!owner.is_set()) {
    int n = count_joining(id.kind) + 1;
    for (const Person& person : persons_) n += count(person.held, id.kind);
    if (exceeds(rules_.rule_of(id.kind), n)) return std::optional(Demotion::limit);
  }
  accepted_.push_back({id, owner, root});
  return std::optional<Demotion>();
}

Decision Bench::decision() const {
  Decision out;
  for (const Accepted& one : accepted_)
    if (!one.owner.is_set()) out.joining.push_back(one.id);
  if (persons_.empty()) return out;
  const Person& home = persons_.front();
  out.customer = home.owner;
  auto known = std::find_if(persons_.begin(), persons_.end(), [](const Person& p) { return p.is_known; });
  CustomerId into = known == persons_.end() ? home.root : known->root;
  for (size_t i = 1; i < persons_.size(); ++i)
    out.merges.push_back({persons_[i].owner, home.owner, into, persons_[i].by, home.by});
  return out;
}

}  // namespace

Result<Decision> decide(const Rulebook& rules, Knowledge& knowledge, const std::vector<events::Identifier>& usable,
                        Time known_at, bool is_trusted) {
  CHECK(!usable.empty());
  Bench bench(rules, knowledge, known_at, is_trusted);
  std::vector<Decision::Demoted> demoted;
  for (const events::Identifier& id : usable) {
    CustomerId owner = TRY(knowledge.owner(id));
    if (auto reason = TRY(bench.try_one(id, owner))) demoted.push_back({id, owner, *reason});
  }
  Decision out = bench.decision();
  out.demoted = std::move(demoted);
  return out;
}

}  // namespace cairn::people
