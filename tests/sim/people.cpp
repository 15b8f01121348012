#include "sim/people.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "json/value.h"
#include "people/town.h"

namespace cairn::sim {
namespace {

using events::MergeId;

/// The browser's (simulation.cpp: its first source, door.cpp: its form).
constexpr std::string_view kUntrusted = "shop";

class Replay {
 public:
  explicit Replay(const Snapshot& snapshot) : snapshot_(snapshot) {
    for (const StoredMerge& merge : snapshot.merges) merges_[merge.seq] = merge;
  }

  std::vector<std::string> run() {
    for (const StoredRow& row : snapshot_.rows) {
      if (row.kind == kMerged) merged(row);
      else if (row.kind == kUnmerged) unmerged(row);
      else arrives(row);
      if (!findings_.empty()) return findings_;
    }
    compare();
    return findings_;
  }

 private:
  template <class... Args>
  void find(fmt::format_string<Args...> format, Args&&... args) {
    findings_.push_back("6: " + fmt::format(format, std::forward<Args>(args)...));
  }

  void arrives(const StoredRow& row) {
    auto usable = town_.rules().usable(events::split_identifiers(row.identifiers));
    if (usable.empty()) return find("row {} names nobody", row.seq);
    auto decided = town_.decide(usable, row.known_at, row.source != kUntrusted && (row.flags & events::kSetApart) == 0);
    CustomerId whose{row.customer};
    if (decided->customer.is_set() ? decided->customer != whose : !customers_.insert(row.customer).second)
      return find("row {} is of customer {}, not {}", row.seq, row.customer, decided->customer.value);
    customers_.insert(row.customer);
    town_.join(*decided, whose, row.known_at);
    for (const auto& m : decided->merges) {
      // Numbered when its row comes, behind the rows of its batch.
      events::Tie tie{MergeId{kExpected + static_cast<int64_t>(expected_.size())}, m.a, m.b, m.into};
      expected_.push_back(tie);
      town_.ties().add(tie);
    }
  }

  void merged(const StoredRow& row) {
    auto stored = merges_.find(row.seq);
    if (stored == merges_.end()) return find("of the merge in row {} nothing is stored", row.seq);
    const StoredMerge& m = stored->second;
    events::Tie tie{MergeId{row.seq}, CustomerId{m.a}, CustomerId{m.b}, CustomerId{m.into}};
    ++told_;
    if (m.rule == "by_hand") {
      town_.ties().allow(tie.a, tie.b);
      town_.ties().add(tie);
      return;
    }
    if (next_ >= expected_.size()) return find("row {} merges whom nothing merges", row.seq);
    const events::Tie& wanted = expected_[next_++];
    if (wanted.a != tie.a || wanted.b != tie.b || wanted.into != tie.into)
      return find("row {} merges {} and {}, it should be {} and {}", row.seq, m.a, m.b, wanted.a.value, wanted.b.value);
    town_.ties().renumber(wanted.merge, tie.merge);
  }

  void unmerged(const StoredRow& row) {
    auto taken = std::find_if(snapshot_.merges.begin(), snapshot_.merges.end(),
                              [&](const StoredMerge& m) { return m.undone_seq == row.seq; });
    if (taken == snapshot_.merges.end()) return find("row {} takes back what is not taken back", row.seq);
    town_.ties().remove(MergeId{taken->seq});
    town_.ties().keep_apart(CustomerId{taken->a}, CustomerId{taken->b});
  }

  void compare() {
    if (next_ != expected_.size()) find("{} merges are missing", expected_.size() - next_);
    if (told_ != snapshot_.merges.size()) find("{} merges are stored, {} told", snapshot_.merges.size(), told_);
    if (town_.owners().size() != snapshot_.identifiers.size())
      find("{} identifiers are stored, it should be {}", snapshot_.identifiers.size(), town_.owners().size());
    for (const StoredIdentifier& id : snapshot_.identifiers)
      if (auto it = town_.owners().find(id.name); it == town_.owners().end() || it->second.value != id.customer)
        find("{} is {}, by the events it is {}", id.name, id.customer,
             it == town_.owners().end() ? 0 : it->second.value);
  }

  static constexpr std::string_view kMerged = "Customers Merged", kUnmerged = "Customers Unmerged";
  static constexpr int64_t kExpected = int64_t{1} << 60;

  const Snapshot& snapshot_;
  people::Town town_{people::Rulebook::make(people::Rules::standard()).value()};
  std::map<int64_t, StoredMerge> merges_;
  std::set<int64_t> customers_;
  std::vector<events::Tie> expected_;
  size_t next_ = 0, told_ = 0;
  std::vector<std::string> findings_;
};

}  // namespace

std::vector<std::string> check_identities(const Snapshot& snapshot) { return Replay(snapshot).run(); }

}  // namespace cairn::sim
