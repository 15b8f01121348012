#include "profile/index.h"

#include <algorithm>

#include "base/log.h"
#include "events/brand.h"
#include "base/text.h"
#include "people/phone.h"
#include "profile/names.h"

namespace cairn::profile {
namespace {

using timeline::Column;
using timeline::Stream;

constexpr std::string_view kUpdated = "Customer Updated", kOrdered = "Order Completed";
constexpr size_t kEntriesAWrite = 2500;
/// So many are put in order before they are written, when everybody is: the tables are ordered by text, and a page of
/// theirs is written once for several entries then.
constexpr size_t kEntriesARun = 500'000;
/// Steps of this time are read at once, so that a busy log costs a few writes a second.
constexpr Duration kPause = milliseconds(300), kAfterFailure = seconds(5);
/// A log that grew more than so many rows without us is not swept: everybody is read from the timelines instead.
constexpr int64_t kSweptMost = 2'000'000;

struct Rows {
  const Stream* stream = nullptr;
  const timeline::KindSchema* kind = nullptr;
  uint32_t begin = 0, end = 0;
  const Column* column(std::string_view property) const {
    auto index = kind->find(property);
    return index ? stream->column(*index) : nullptr;
  }
  std::string text(const Column* column, uint32_t row) const {
    return column && column->is_known(row) ? std::string(column->text(row)) : std::string();
  }
};

Rows rows_of(const EntriesOf& of, std::string_view kind_name) {
  auto kind = of.schema.find_kind(kind_name);
  const Stream* stream = kind ? of.place.part->stream(*kind) : nullptr;
  if (!stream) return {};
  return {stream, &of.schema.kinds()[*kind], stream->offsets().begin(of.place.customer),
          stream->offsets().end(of.place.customer)};
}

CustomerId origin_of(const EntriesOf& of, const Stream& stream, uint32_t row) {
  const Column* origin = stream.origin();
  bool is_moved = origin && origin->is_known(row);
  return is_moved ? CustomerId{origin->integer(row)} : of.place.part->customer(of.place.customer);
}

/// What the events of one id have said so far.
struct Said {
  std::string first, last, name;

  std::string whole() const {
    if (first.empty() && last.empty()) return name;
    return first.empty() || last.empty() ? first + last : first + " " + last;
  }
};

void add_names(const EntriesOf& of, Entries& out) {
  Rows rows = rows_of(of, kUpdated);
  if (rows.begin == rows.end) return;
  const Column *first = rows.column("first_name"), *last = rows.column("last_name"), *name = rows.column("name");
  const Column *email = rows.column("email"), *phone = rows.column("phone"), *country = rows.column("country");
  std::map<CustomerId, Said> said;
  auto take = [&](std::string& to, const Column* column, uint32_t row) {
    if (std::string text = rows.text(column, row); !text.empty()) to = std::move(text);
  };
  for (uint32_t row = rows.begin; row < rows.end; ++row) {
    CustomerId customer = origin_of(of, *rows.stream, row);
    Said& s = said[customer];
    take(s.first, first, row), take(s.last, last, row), take(s.name, name, row);
    if (rows.stream->seq()[row] <= of.after.value) continue;
    for (std::string& turn : turns_of(s.whole())) out.names.push_back({'n', std::move(turn), customer});
    if (std::string text = to_lower(trim(rows.text(email, row))); !text.empty() && text.size() <= kNameBytes)
      out.names.push_back({'e', std::move(text), customer});
    std::string number = rows.text(phone, row);
    if (number.empty()) continue;
    std::string region = of.region.empty() ? rows.text(country, row) : std::string(of.region);
    if (auto e164 = people::to_e164(number, region)) out.names.push_back({'p', std::move(*e164), customer});
  }
}

void add_orders(const EntriesOf& of, Entries& out) {
  Rows rows = rows_of(of, kOrdered);
  if (rows.begin == rows.end) return;
  const Column* id = rows.column("order_id");
  for (uint32_t row = rows.begin; id && row < rows.end; ++row) {
    if (rows.stream->seq()[row] <= of.after.value || !id->is_known(row)) continue;
    out.orders.push_back({rows::hash_of_order(id->text(row)), origin_of(of, *rows.stream, row)});
  }
}

Result<void> add_all(const EntriesOf& of, Entries& out) {
  bool has_any = false;
  for (std::string_view kind : {kUpdated, kOrdered})
    if (Rows rows = rows_of(of, kind); rows.begin != rows.end) {
      has_any = true;
      TRY(rows.stream->touch_all({of.place.customer, of.place.customer + size_t{1}}));
    }
  if (has_any) add_entries(of, out);
  return {};
}

template <class T>
void once(std::vector<T>& entries) {
  std::sort(entries.begin(), entries.end());
  entries.erase(std::unique(entries.begin(), entries.end()), entries.end());
}

}  // namespace

void add_entries(const EntriesOf& of, Entries& out) {
  add_names(of, out);
  add_orders(of, out);
}

Index::Index(World& world, db::Store& store, events::Log& log, history::History& history,
             const events::Aliases& aliases)
    : world_(world),
      store_(store),
      log_(log),
      history_(history),
      aliases_(aliases),
      queue_(world.executor.make_queue("customer-index")) {}

Index::~Index() {
  {
    std::lock_guard lock(mutex_);
    is_ending_ = true;
  }
  if (following_) history_.unfollow(following_);
  queue_.reset();
}

void Index::start() {
  following_ = history_.follow([this](const history::Step& step) { take(step); });
}

bool Index::is_whole() const {
  std::lock_guard lock(mutex_);
  return is_whole_;
}

bool Index::is_stopping() const {
  std::lock_guard lock(mutex_);
  return is_ending_;
}

void Index::take(const history::Step& step) {
  const timeline::Schema& schema = step.version->schema();
  auto updated = schema.find_kind(kUpdated), ordered = schema.find_kind(kOrdered);
  {
    std::lock_guard lock(mutex_);
    if (!taken_.version) taken_.after = step.after;
    taken_.version = step.version;
    for (const history::Touched& t : step.touched)
      if ((updated && t.kind == *updated) || (ordered && t.kind == *ordered)) taken_.touched.insert(t.customer);
    // Rows went: an import was undone. What moved between two ids of a merge is the same here as before.
    uint64_t events = step.version->events();
    if (step.is_remade && events < events_) taken_.must_rebuild = true;
    events_ = events;
  }
  post(kPause);
}

/// The version is that of the last step, not the history's present one: between the two are rows that no step has told
/// of yet, and the cursor must not pass them.
Index::Taken Index::take_all() {
  std::lock_guard lock(mutex_);
  Taken out = taken_;
  taken_.touched.clear();
  taken_.must_rebuild = false;
  if (out.version) taken_.after = out.version->last();
  return out;
}

void Index::post(Duration delay) {
  std::lock_guard lock(mutex_);
  if (is_posted_ || is_ending_) return;
  is_posted_ = true;
  queue_->post_after(delay, [this] { turn(); });
}

void Index::turn() {
  {
    std::lock_guard lock(mutex_);
    is_posted_ = false;
    if (is_ending_) return;
  }
  auto done = work(take_all());
  if (done) return;
  log_warning("index of customers: {} {}; it is tried again", done.error().message, done.error().detail);
  if (done.error().code == Code::corrupt) history_.mend(done.error());
  post(kAfterFailure);
}

Result<void> Index::catch_up() {
  auto signal = world_.executor.make_signal();
  Result<void> out;
  queue_->post([&] {
    Taken taken = take_all();
    // Nobody may have told of its last rows: they are looked up in the log.
    taken.version = history_.version();
    taken.after = Seq{INT64_MAX};
    out = work(taken);
    signal->set();
  });
  signal->wait();
  return out;
}

Result<void> Index::settle() {
  if (following_ == 0) return {};
  if (!is_whole()) return fail(Code::unavailable, "the index of customers is being made: come again");
  // Whoever begins to follow now is called behind all steps that were told of.
  history_.unfollow(history_.follow([](const history::Step&) {}));
  auto signal = world_.executor.make_signal();
  Result<void> out;
  queue_->post([&] {
    out = work(take_all());
    signal->set();
  });
  signal->wait();
  if (!out) post(kAfterFailure);
  return out;
}

Result<void> Index::read_state() {
  return store_.read([&](db::Session& session) -> Result<void> {
    region_ = TRY(events::read_brand(session)).country;
    cursor_ = TRY(rows::read_cursor(session));
    return {};
  });
}

Result<void> Index::work(const Taken& taken) {
  if (!taken.version) return {};
  TRY(read_state());
  Seq last = taken.version->last();
  if (taken.must_rebuild || (cursor_ && cursor_->seq > last)) {
    TRY(store_.write_now(db::Lane::import, [](db::Transaction& tx) { return rows::empty_index(tx); }));
    cursor_.reset();
  }
  bool is_far = cursor_ && last.value - cursor_->seq.value > kSweptMost && taken.after > cursor_->seq;
  if (!cursor_ || is_far) cursor_ = rows::Cursor{last, 0};
  TRY(build(*taken.version));
  TRY(follow_up(taken));
  std::lock_guard lock(mutex_);
  is_whole_ = true;
  return {};
}

Result<void> Index::write(Entries& entries, const rows::Cursor* cursor) {
  once(entries.names);
  once(entries.orders);
  auto piece = [](const auto& list, size_t first) {
    return std::span(list).subspan(std::min(first, list.size()),
                                   std::min(kEntriesAWrite, list.size() - std::min(first, list.size())));
  };
  size_t all = std::max(entries.names.size(), entries.orders.size());
  for (size_t first = 0; first < all || cursor; first += kEntriesAWrite) {
    if (is_stopping()) return fail(Code::unavailable, "Cairn is stopping");
    bool is_last = first + kEntriesAWrite >= all;
    TRY(store_.write_now(db::Lane::import, [&](db::Transaction& tx) -> Result<void> {
      TRY(rows::put(tx, piece(entries.names, first), piece(entries.orders, first)));
      return is_last && cursor ? rows::write_cursor(tx, *cursor) : Result<void>();
    }));
    if (is_last) break;
  }
  entries = {};
  return {};
}

/// Everybody, a shard after the other: an interrupted pass goes on with a shard that it was at.
Result<void> Index::build(const timeline::Version& version) {
  Entries entries;
  for (int shard = cursor_->shards; shard < kShards; ++shard) {
    for (const timeline::Run& run : version.shard(shard).runs()) {
      if (is_stopping()) return fail(Code::unavailable, "Cairn is stopping");
      for (uint32_t customer = run.first; customer < run.last; ++customer) {
        TRY(add_all({version.schema(), {run.part, customer}, {}, region_}, entries));
        if (entries.size() >= kEntriesARun) TRY(write(entries, nullptr));
      }
    }
    // Half a run, so that few shards are read again after a stop.
    if (entries.size() < kEntriesARun / 2 && shard + 1 < kShards) continue;
    rows::Cursor next{cursor_->seq, shard + 1};
    TRY(write(entries, &next));
    cursor_ = next;
  }
  return {};
}

Result<std::set<CustomerId>> Index::touched_since(Seq seq) const {
  std::set<CustomerId> out;
  TRY(log_.sweep(seq, [&](const events::LogRow& row) {
    std::string kind = log_.kind_name(row.kind);
    if (kind == kUpdated || kind == kOrdered) out.insert(row.customer);
    return true;
  }));
  return out;
}

Result<void> Index::follow_up(const Taken& taken) {
  const timeline::Version& version = *taken.version;
  if (cursor_->seq >= version.last()) return {};
  std::set<CustomerId> touched = taken.touched;
  if (taken.after > cursor_->seq)
    for (CustomerId customer : TRY(touched_since(cursor_->seq))) touched.insert(customer);
  std::set<CustomerId> people;
  for (CustomerId customer : touched) people.insert(aliases_.root(customer));
  Entries entries;
  for (CustomerId customer : people) {
    auto place = version.find(customer);
    if (!place) continue;
    TRY(place->part->touch({place->customer, place->customer + 1}));
    add_entries({version.schema(), *place, cursor_->seq, region_}, entries);
  }
  rows::Cursor next{version.last(), kShards};
  TRY(write(entries, &next));
  cursor_ = next;
  return {};
}

}  // namespace cairn::profile
