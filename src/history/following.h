// History as it is: one queue on which the timeline is written, one beside it that folds and writes snapshots, one for
// followers. No task of the first two waits for another.
#pragma once
#include <atomic>
#include <mutex>

#include "events/pace.h"
#include "history/alone.h"
#include "history/builder.h"
#include "history/followers.h"
#include "history/history.h"
#include "history/names.h"

namespace cairn::history {

class Following final : public History {
 public:
  Following(World& world, db::Store& store, events::Log& log, const std::string& directory, Options options);
  ~Following() override;

  void start() override;
  Result<void> catch_up(const Progress& progress) override;
  std::shared_ptr<const timeline::Version> version() const override;
  std::shared_ptr<const timeline::Version> present() const override;
  Standing standing() const override;
  std::shared_ptr<const query::Catalogue> catalogue() const override;
  Result<void> make_column(std::string_view stream, std::string_view property, const Progress& progress) override;
  int follow(std::function<void(const Step&)> follower) override;
  void unfollow(int number) override;
  CustomerId root(CustomerId customer) const override;
  Result<void> forget(std::span<const CustomerId> customers, std::span<const Seq> rows) override;
  Result<void> read_again(std::span<const CustomerId> customers) override;
  Result<void> remake(std::span<const timeline::SeqRange> removed) override;
  void mend(const Error& damage) override;

 private:
  using Work = std::function<Result<void>()>;
  /// A column on its way.
  struct Column {
    std::unique_ptr<timeline::Backfill> backfill;  ///< Null: it is there.
    std::shared_ptr<timeline::Timeline> timeline;
    Undone undone;
    Seq last;
    uint64_t erasures = 0;  ///< Before it was begun.
  };

  // Any thread.
  void post(Task task);
  void post_beside(Task task);
  /// On the writing queue; returns when it is done.
  Result<void> run(const Work& work);
  void wake();
  void set_state(Standing::State state, std::string finding);
  void wait_for_step() const;
  std::shared_ptr<timeline::Timeline> timeline() const;
  Result<void> fill_column(std::string_view kind, Column& column, const Progress& progress);

  // The writing queue's.
  void go_on();
  bool may_rest(Duration now);
  void end_rest();
  bool is_waited_for() const;
  bool is_asked_now() const;
  void go_on_after(Duration pause);
  void note_failure(const Error& error);
  Result<void> ensure_built(const Progress& progress);
  Result<void> build(const std::string& why, const Progress& progress);
  Result<void> build_anew(const Error& why);
  Result<void> step();
  Result<void> move_merged();
  Result<void> forget_now(std::span<const CustomerId> customers, std::span<const Seq> rows);
  std::vector<Touched> touched(const timeline::Schema& schema) const;
  bool has_answers() const;
  Result<void> remake_now();
  Result<void> remake_from(std::vector<timeline::SeqRange> removed);
  Result<void> begin_column(std::string_view stream, const query::Property& property, Column& column);
  Result<void> install(Column& column);
  void fold_beside();
  void tell_of_fold();
  void write_snapshot_beside();
  void delay_snapshot();
  void snapshot_written(uint64_t rows, const Result<void>& result);
  Origin origin_of(const timeline::Version& version) const;
  bool is_worth_a_snapshot() const;
  void write_last_snapshot();

  World world_;
  db::Store& store_;
  events::Log& log_;
  const Options options_;
  Alone alone_;
  std::atomic<bool> is_started_{false}, is_ending_{false}, is_woken_{false}, is_folding_{false};
  /// Nobody asked for long in a flood: rows wait until somebody does, or until they are a step of full size.
  std::atomic<bool> is_resting_{false};                   // written under mutex_
  mutable std::atomic<int64_t> asked_at_{INT64_MIN / 2};  ///< Of the clock's elapsed(), microseconds.

  mutable std::mutex mutex_;
  mutable std::vector<std::shared_ptr<Signal>> waiting_;  // guarded by mutex_; for the step that ends a rest
  std::shared_ptr<timeline::Timeline> timeline_;          // guarded by mutex_; null before the first version stands
  std::shared_ptr<const events::Aliases> aliases_;        // guarded by mutex_; null before the first version stands
  Standing::State state_ = Standing::State::closed;       // guarded by mutex_
  std::string finding_;                                   // guarded by mutex_
  std::unique_ptr<Queue> queue_, beside_;                 // made when they are needed, guarded by mutex_

  // The writing queue's alone.
  Snapshots snapshots_;
  Rows rows_;
  Built built_;
  uint64_t rows_since_snapshot_ = 0;
  bool is_writing_snapshot_ = false;
  Duration no_snapshot_until_;
  int failures_ = 0;
  Duration rests_until_, stepped_at_, took_;
  events::Pace pace_;
  bool must_remake_ = false;
  uint64_t erasures_ = 0;
  std::vector<timeline::SeqRange> removed_;  ///< That remake() was told of.

  mutable Names names_;
  Followers followers_;
};

}  // namespace cairn::history
