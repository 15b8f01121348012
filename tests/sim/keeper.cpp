#include "sim/keeper.h"

#include "import/run.h"
#include "json/codec.h"
#include "people/merges.h"

namespace cairn::sim {
namespace {

constexpr size_t kFilesMax = 4;
constexpr const char* kGuestKinds[] = {"user_id", "anonymous_id", "email"};
constexpr double kSeedsWithErasures = 0.4;

}  // namespace

Keeper::Keeper(Parts parts) : parts_(std::move(parts)), erases_(parts_.random.chance(kSeedsWithErasures)) {
  queue_ = parts_.executor.make_waiting_queue("keeper");
  queue_->post_after(milliseconds(200), [this] { act(); });
}

void Keeper::act() {
  queue_->post_after(milliseconds(static_cast<int64_t>(parts_.random.below(600))), [this] { act(); });
  if (!starts_ || !parts_.server.instance || parts_.server.is_dead) return;
  is_busy_ = true;
  step();
  if (erases_ && !parts_.server.is_dead && parts_.random.chance(0.4)) erase_guest();
  is_busy_ = false;
}

void Keeper::step() {
  Random& random = parts_.random;
  double what = random.uniform();
  if (what < 0.1) return back_up();
  if (what < 0.2) return check_itself();
  if (what < 0.35) return mend_refused();
  if (what < 0.45) return merge_people();
  if (files_.empty() || (files_.size() < kFilesMax && random.chance(0.3))) return import_file(make_file());
  File& file = *files_[random.below(files_.size())];
  switch (file.state) {
    case State::fresh:
    case State::undone: return import_file(file);
    case State::half_undone: return undo_file(file);
    case State::done: return random.chance(0.6) ? undo_file(file) : import_file(file);
    case State::half_done: return random.chance(0.3) ? undo_file(file) : import_file(file);
  }
}

std::string Keeper::guests_line(File& file, int64_t number) {
  Random& random = parts_.random;
  Guest guest = parts_.model.guest(random);
  GuestCall call;
  call.is_bad = random.chance(0.3);
  call.key = guest_key(fmt::format("i{}", files_.size()), static_cast<uint64_t>(number));
  call.total = fmt::format(R"("total":{}.25)", random.below(90));
  call.at = "2022-03-04T10:00:00Z";
  call.n = parts_.model.add_row(file.number, "import", call.key, call.is_bad, {guest.number, call.total});
  ++(call.is_bad ? file.bad_rows : file.rows);
  return line_of(guest, call);
}

Keeper::File& Keeper::make_file() {
  Random& random = parts_.random;
  auto file = std::make_unique<File>();
  file->path = fmt::format("/input/orders-{}.jsonl", files_.size());
  file->number = parts_.model.add_import(file->path);
  std::string text;
  auto rows = static_cast<int64_t>(5 + random.below(300));
  bool has_guests = random.chance(0.4);
  for (int64_t i = 0; i < rows; ++i) {
    bool is_bad = random.chance(0.02);
    if (has_guests && random.chance(0.05)) {
      text += guests_line(*file, i) + "\n";
      continue;
    }
    std::string key = fmt::format("i-{}-{}", files_.size(), i);
    Model::Marker marker = parts_.model.add_row(file->number, "import", key, is_bad);
    // Some of them are people whom the clients know too.
    std::string who = is_bad ? "" : fmt::format(R"("user_id":"u{}",)", random.below(random.chance(0.5) ? 40 : 400));
    std::string at = fmt::format("2022-0{}-1{}T10:00:00Z", 1 + random.below(9), random.below(10));
    text += fmt::format(R"({{"event":"Order Completed",{}"timestamp":"{}","message_id":"{}","properties":{{"n":{}}}}})",
                        who, at, key, marker) +
            "\n";
    ++(is_bad ? file->bad_rows : file->rows);
  }
  Disk::Peace peace(parts_.disk);
  if (!parts_.world.files.make_directory("/input") || !parts_.world.files.write(file->path, text))
    parts_.model.find("the file to import could not be written");
  files_.push_back(std::move(file));
  return *files_.back();
}

/// Those of the file that were not undone, whatever the keeper was told of them.
std::vector<import::Run> Keeper::runs_of(const File& file) const {
  Disk::Peace peace(parts_.disk);
  std::vector<import::Run> runs;
  (void)parts_.server.instance->store().read([&](db::Session& session) -> Result<void> {
    runs = TRY(import::runs(session));
    return {};
  });
  std::erase_if(
      runs, [&](const import::Run& run) { return run.files != file.path || run.state == import::RunState::undone; });
  return runs;
}

/// The machine may be to blame; else it is a finding.
void Keeper::failed(const Error& error, std::string_view what) {
  ++figures_.interrupted;
  bool is_machine = error.code == Code::unavailable || error.code == Code::overloaded || error.code == Code::forbidden;
  if (!is_machine || must_work_)
    parts_.model.find(fmt::format("{} failed: {} ({})", what, error.message, error.detail));
}

void Keeper::import_file(File& file) {
  bool was_done = file.state == State::done;
  if (!was_done) parts_.model.set_import(file.number, Model::Import::may_be_there);
  if (!was_done) file.state = State::half_done;
  parts_.model.import_runs(file.number);
  app::Instance& instance = *parts_.server.instance;
  import::Context context{instance.world(), instance.store(), instance.log(), instance.identities(),
                          instance.ingest().undeclared()};
  import::Options options;
  options.preset = "events";
  options.paths = {file.path};
  options.directory = parts_.directory;
  options.source = "import";
  options.batch_rows = 1 + parts_.random.below(80);
  auto summary = import::run(context, options);
  if (!summary) return failed(summary.error(), "import");
  ++figures_.imports;
  file.state = State::done;
  parts_.model.set_import(file.number, Model::Import::must_be_there);
  // The last import may have come to its end although its answer was lost.
  bool was_there = was_done || (summary->rows.kept == 0 && runs_of(file).size() > 1);
  int64_t kept = was_there ? 0 : file.rows;
  if (summary->rows.kept != kept || summary->rows.already_there != file.rows - kept ||
      summary->rows.rejected != file.bad_rows)
    parts_.model.find(fmt::format(
        "7: import {} of {}: {} kept, {} already there, {} rejected; {} rows are good, {} bad", summary->run, file.path,
        summary->rows.kept, summary->rows.already_there, summary->rows.rejected, file.rows, file.bad_rows));
}

void Keeper::undo_file(File& file) {
  file.state = State::half_undone;
  parts_.model.set_import(file.number, Model::Import::may_be_gone);
  app::Instance& instance = *parts_.server.instance;
  import::Context context{instance.world(), instance.store(), instance.log(), instance.identities(),
                          instance.ingest().undeclared()};
  for (const import::Run& run : runs_of(file)) {
    auto summary = import::undo(context, RunId{run.id}, parts_.directory);
    // As the command does it: also after half of it.
    auto remade = instance.history().remake({});
    if (!summary) return failed(summary.error(), "undo");
    if (!remade) failed(remade.error(), "remake");
  }
  ++figures_.undos;
  file.state = State::undone;
  parts_.model.set_import(file.number, Model::Import::must_be_gone);
}

void Keeper::back_up() {
  auto done = parts_.server.instance->store().backup(join_path(parts_.directory, fmt::format("backup-{}", backups_)));
  if (!done) {
    ++backups_;
    return failed(done.error(), "backup");
  }
  ++figures_.backups;
  std::string path = join_path(parts_.directory, fmt::format("backup-{}", backups_++));
  Disk::Peace peace(parts_.disk);
  auto copy = read_snapshot(path);
  if (!copy) parts_.model.find("the backup is of no use: " + copy.error().message);
  else if (copy->integrity != "ok") parts_.model.find("the backup is damaged: " + copy->integrity);
  (void)parts_.world.files.remove(path);
}

void Keeper::check_itself() {
  app::Instance& instance = *parts_.server.instance;
  auto log = instance.log().verify([&](const std::string& finding) { parts_.model.find("verify: " + finding); });
  if (!log) failed(log.error(), "verify");
  // Pages that cannot be read at the moment it takes for damage, and says so with SQLite's code of it.
  if (!parts_.disk.is_calm()) return;
  auto store = instance.store().verify();
  if (!store) return failed(store.error(), "verify");
  for (const std::string& finding : *store) parts_.model.find("verify: " + finding);
}

/// Bad calls made good, of one kind of flaw; some are thrown away instead.
void Keeper::mend_refused() {
  struct Cure {
    const char *field, *merge;
  };
  constexpr Cure kCures[] = {{"userId", R"({"userId":"mended"})"},
                             {"identifiers", R"({"userId":"mended"})"},
                             {"event", R"({"event":"Mended"})"},
                             {"message_id", R"({"messageId":null})"}};
  ingest::Refused& refused = parts_.server.instance->ingest().refused();
  auto by = accounts::Actor::operator_of_machine();
  const Cure& cure = kCures[parts_.random.below(std::size(kCures))];
  ingest::RefusedFilter filter;
  filter.field = cure.field;
  if (parts_.random.chance(0.1)) {
    parts_.model.drop_begins();
    auto dropped = refused.drop(by, filter);
    if (!dropped) return failed(dropped.error(), "drop");
    figures_.dropped += *dropped;
    return;
  }
  parts_.model.replay_begins();
  ingest::Refused::Ask ask;
  ask.filter = filter;
  ask.mend.merge = json::parse_object(cure.merge).value();
  auto report = refused.replay(by, ask);
  if (!report) return failed(report.error(), "replay");
  figures_.replayed += report->replayed;
}

/// By hand: two whom the clients know, or one of the last merges taken back.
void Keeper::merge_people() {
  app::Instance& instance = *parts_.server.instance;
  people::Merging merging(instance.world(), instance.store(), instance.log(), instance.identities());
  auto ties = std::as_const(instance.identities()).aliases().all_ties();
  if (!ties.empty() && parts_.random.chance(0.4)) {
    events::MergeId merge = ties[parts_.random.below(ties.size())].merge;
    auto taken_back = merging.unmerge(merge, {"keeper", "they are two"});
    // Ties of somebody who was erased stay in memory until the next start; the store knows them no more.
    if (!taken_back && taken_back.error().code == Code::not_found && parts_.model.erasures().any()) return;
    if (!taken_back && taken_back.error().code != Code::conflict) return failed(taken_back.error(), "unmerge");
    figures_.taken_back += taken_back.has_value();
    return;
  }
  std::vector<CustomerId> people;
  bool are_guests = parts_.random.chance(0.3);
  auto read = instance.store().read([&](db::Session& session) -> Result<void> {
    for (int i = 0; i < 2; ++i) {
      std::string user =
          are_guests ? parts_.model.guest(parts_.random).user : fmt::format("u{}", parts_.random.below(40));
      auto found = TRY(session.first("people.customer_of", {{"kind", "user_id"}, {"value", user}},
                                     [](const db::Row& row) { return row.id<CustomerId>(0); }));
      if (found) people.push_back(*found);
    }
    return {};
  });
  if (!read) return failed(read.error(), "finding people");
  if (people.size() < 2) return;
  auto merged = merging.merge(people[0], people[1], {"keeper", "they are one"});
  if (!merged && merged.error().code != Code::conflict && merged.error().code != Code::not_found)
    return failed(merged.error(), "merge");
  figures_.merged += merged.has_value();
}

Result<std::optional<CustomerId>> Keeper::find_guest(const Guest& guest, std::string_view kind) {
  std::string value = kind == "user_id" ? guest.user : kind == "email" ? guest.email : guest.device;
  std::optional<CustomerId> out;
  TRY(parts_.server.instance->store().read([&](db::Session& session) -> Result<void> {
    out = TRY(session.first("people.customer_of", {{"kind", kind}, {"value", value}},
                            [](const db::Row& row) { return row.id<CustomerId>(0); }));
    return {};
  }));
  return out;
}

/// One who is known, or one who was: nobody asks twice in vain.
void Keeper::erase_guest() {
  Random& random = parts_.random;
  rights::Service& rights = parts_.server.instance->rights();
  Guest guest = parts_.model.guest(random);
  auto by = accounts::Actor::operator_of_machine();
  std::vector<CustomerId> before = parts_.model.erasures().ids();
  if (!before.empty() && random.chance(0.15)) {
    // Whose rows are not taken out yet is known by them alone.
    auto again = rights.erase({before[random.below(before.size())], "api", {}, by});
    if (again) parts_.model.find(fmt::format("11: request {} erases who is erased", again->id.value));
    else if (again.error().code != Code::conflict && again.error().code != Code::not_found)
      failed(again.error(), "erasing again");
    return;
  }
  std::optional<CustomerId> customer;
  size_t first = random.below(std::size(kGuestKinds));
  for (size_t i = 0; i < std::size(kGuestKinds) && !customer; ++i) {
    auto found = find_guest(guest, kGuestKinds[(first + i) % std::size(kGuestKinds)]);
    if (!found) return failed(found.error(), "finding a guest");
    customer = *found;
  }
  if (!customer) return;
  parts_.model.erasure_begins();
  auto asked = rights.erase({*customer, "api", {}, by});
  // Between finding and asking they may have gone: what is merged meanwhile has other ids.
  if (!asked && (asked.error().code == Code::conflict || asked.error().code == Code::not_found)) return;
  if (!asked) return failed(asked.error(), "erasing");
  ++figures_.erased;
  check_gone(guest, *asked);
  if (random.chance(0.6)) parts_.model.leaves(guest);
}

/// As soon as it was answered.
void Keeper::check_gone(const Guest& guest, const rights::Request& request) {
  Disk::Peace peace(parts_.disk);
  app::Instance& instance = *parts_.server.instance;
  parts_.model.erasure_acknowledged(guest, request.id.value, request.ids, instance.log().last().value);
  for (const char* kind : kGuestKinds) {
    auto found = find_guest(guest, kind);
    bool is_theirs = found && *found && std::find(request.ids.begin(), request.ids.end(), **found) != request.ids.end();
    if (is_theirs) parts_.model.find(fmt::format("11: guest {} is erased and found by {}", guest.number, kind));
  }
}

void Keeper::finish() {
  is_busy_ = must_work_ = true;
  for (auto& file : files_) {
    if (file->state == State::half_done) import_file(*file);
    if (file->state == State::half_undone) undo_file(*file);
  }
  is_busy_ = must_work_ = false;
}

}  // namespace cairn::sim
