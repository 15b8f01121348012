// Segments for people and programs: made, changed, looked at. Safe from any thread but the writer's.
#pragma once
#include <functional>
#include <memory>

#include "accounts/audit.h"
#include "i18n/language.h"
#include "questions/service.h"
#include "segments/keeper.h"
#include "segments/presets.h"

namespace cairn::segments {

class Service {
 public:
  /// What is given must outlive it. `questions` knows the segments from here on.
  static Result<std::unique_ptr<Service>> open(World& world, db::Store& store, events::Log& log,
                                               history::History& history, questions::Service& questions);
  ~Service();

  /// Keeps membership, in the background, from now on: for a server, after History::start.
  Result<void> start();
  /// As Keeper::catch_up.
  Result<void> catch_up() { return keeper_.catch_up(); }
  bool is_running() const { return keeper_.is_running(); }
  Figures figures() const { return keeper_.figures(); }
  /// As Keeper::seen.
  Seq seen() const { return keeper_.seen(); }

  struct View {
    Definition definition;
    bool is_ready = false;
    uint64_t count = 0;
    std::string finding;  ///< Why it is not ready; empty while it is computed.
  };
  /// Those that are not archived, as they stand now: another object whenever one of them changed.
  std::shared_ptr<const Set> set() const;
  /// By name; archived ones last.
  std::vector<View> list() const;
  /// Error not_found.
  Result<View> find(int64_t id) const;
  Result<View> find(std::string_view name) const;

  using RunningPtr = std::shared_ptr<questions::Running>;
  struct Wanted {
    std::string name;  ///< Empty: what the preset is called.
    std::string query;
    std::string description = {};
    std::string preset = {};                       ///< Instead of a query: as it is now, and followed from then on.
    i18n::Language language = i18n::Language::en;  ///< Of the preset's name and description.
  };
  /// On this thread, until `running` is stopped. Errors: invalid (field name or query, with the place), not_found (no
  /// such preset), conflict when the name is taken, or when it was cancelled; then nothing was made.
  Result<View> add(const accounts::Actor& by, const Wanted& wanted,
                   const RunningPtr& running = std::make_shared<questions::Running>());
  struct Change {
    std::optional<std::string> name, query, description;
    std::optional<bool> is_archived;
    /// Instead of a query: the preset's of now, followed from then on. Empty: the text stays as it is.
    std::optional<std::string> preset;
    std::optional<i18n::Language> language;  ///< Of the preset's description; else as before.
  };
  /// Another query is computed anew, silently, and so are segments that name this one; it follows no preset any more.
  /// Errors: as add; not_found; conflict when others name what is to be renamed or archived.
  Result<View> change(const accounts::Actor& by, int64_t id, const Change& change,
                      const RunningPtr& running = std::make_shared<questions::Running>());
  /// Once a month of the brand, segments that follow a preset which is relative to everybody are given the thresholds
  /// of today, silently. Those whose thresholds are of this month stay. Returns how many were given others; of one that
  /// cannot be, the log tells, and the others go on. start() looks after it once an hour.
  Result<int> refresh_presets();

  struct Preview {
    std::string query;  ///< Canonical.
    uint64_t count = 0;
    uint64_t customers = 0;  ///< Of so many.
    std::vector<CustomerId> sample;
  };
  /// On this thread, until `running` is stopped. Errors as add, field query; conflict when it was cancelled.
  Result<Preview> preview(const std::string& query, size_t sample,
                          const RunningPtr& running = std::make_shared<questions::Running>()) const;
  /// Whether who sees no customers may have it counted (questions::check_personal). Error forbidden; those of check.
  Result<void> check_personal(const std::string& query, bool sees_customers) const;
  /// The same of a preset's text. Error not_found, too.
  Result<void> check_personal_preset(std::string_view preset, bool sees_customers, const RunningPtr& running) const;

  Result<std::vector<CustomerId>> members(int64_t id, CustomerId after, size_t limit) const;

  struct Passage {
    Seq seq;
    CustomerId customer;
    Time at;
    bool is_in = false;
  };
  /// Who entered and left, the latest recorded first, those with a seq below `before`; of one customer or of all.
  Result<std::vector<Passage>> passages(int64_t id, std::optional<CustomerId> customer, Seq before, size_t limit) const;

  struct Day {
    cairn::Day day;
    int64_t count = 0;  ///< At its end.
    int64_t entered = 0, left = 0, silent = 0;
  };
  /// Every day from the first on which something changed, at most `limit`, the latest.
  Result<std::vector<Day>> counts(int64_t id, size_t limit) const;

  struct Reason {
    bool is_in = false;
    questions::OneAnswer answer;
    std::vector<Passage> passages;
  };
  /// As questions::Service::ask_one.
  Result<Reason> reason(int64_t id, CustomerId customer, bool sees_customers,
                        const RunningPtr& running = std::make_shared<questions::Running>()) const;

  /// On this thread, until `running` is stopped. Error conflict when it was.
  Result<std::vector<Preset>> presets(i18n::Language language,
                                      const RunningPtr& running = std::make_shared<questions::Running>()) const;

 private:
  Service(World& world, db::Store& store, events::Log& log, history::History& history, questions::Service& questions)
      : world_(world), store_(store), history_(history), questions_(questions), keeper_(world, store, log, history) {}
  Result<void> load();
  std::shared_ptr<const Set> make_set(const std::vector<Definition>& definitions) const;
  Result<query::Checked> check(const std::string& query, std::string_view own_name, const Set& set) const;
  View view_of(const Definition& definition) const;
  Result<Preset> preset_named(std::string_view id, i18n::Language language, const RunningPtr& running) const;
  void take(const Preset& preset, i18n::Language language, Definition& definition) const;
  bool is_due(const Definition& definition, const Zone& zone) const;
  Result<bool> refresh_preset(int64_t id, i18n::Language language, const std::vector<Preset>& all, const Zone& zone);
  Result<View> change_now(const accounts::Actor& by, Definition definition, const Change& change,
                          const RunningPtr& running);
  Result<Live> make_ready(const query::Checked& checked, const Set& set, const RunningPtr& running) const;
  void look_at_presets();
  Result<void> write(const accounts::Actor& by, std::string_view act, Definition& definition,
                     const std::vector<int64_t>& anew);

  World& world_;
  db::Store& store_;
  history::History& history_;
  questions::Service& questions_;
  mutable std::mutex mutex_;
  std::mutex changing_;                     ///< One change at a time.
  std::vector<Definition> definitions_;     // guarded by mutex_
  mutable std::shared_ptr<const Set> set_;  // guarded by mutex_
  Keeper keeper_;
  RunningPtr refreshing_ = std::make_shared<questions::Running>();
  std::unique_ptr<Queue> queue_;  ///< Of refresh_presets(). Last: it ends before what it uses.
};

}  // namespace cairn::segments
