// Who keeps the shop's Cairn: imports files, undoes imports, makes backups, lets it check itself, between the clients.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/world.h"
#include "import/model.h"
#include "rights/model.h"
#include "sim/client.h"
#include "sim/disk.h"
#include "sim/machine.h"
#include "sim/model.h"

namespace cairn::sim {

class Keeper {
 public:
  struct Parts {
    World& world;
    Disk& disk;
    SimExecutor& executor;
    Model& model;
    Server& server;
    Random random;
    std::string directory;
  };
  explicit Keeper(Parts parts);

  void set_starting(bool starts) { starts_ = starts; }
  /// In the middle of something, which must end before the server may go.
  bool is_busy() const { return is_busy_; }
  /// Ends what an interrupted import or undo left. REQUIRES: nothing fails any more, and nobody else has a turn.
  void finish();

  struct Figures {
    int imports = 0, undos = 0, backups = 0, interrupted = 0, merged = 0, taken_back = 0, erased = 0;
    int64_t replayed = 0, dropped = 0;
  };
  const Figures& figures() const { return figures_; }

 private:
  enum class State { fresh, half_done, done, half_undone, undone };
  struct File {
    int number;  ///< The model's.
    std::string path;
    int64_t rows = 0, bad_rows = 0;
    State state = State::fresh;
  };

  void act();
  void step();
  std::string guests_line(File& file, int64_t number);
  File& make_file();
  void import_file(File& file);
  void undo_file(File& file);
  void back_up();
  void check_itself();
  void mend_refused();
  void merge_people();
  void erase_guest();
  void check_gone(const Guest& guest, const rights::Request& request);
  Result<std::optional<CustomerId>> find_guest(const Guest& guest, std::string_view kind);
  std::vector<import::Run> runs_of(const File& file) const;
  void failed(const Error& error, std::string_view what);

  Parts parts_;
  bool starts_ = true;
  const bool erases_;  ///< Some do: the rules of identity are checked to the last row where nobody was.
  bool must_work_ = false;
  bool is_busy_ = false;
  std::vector<std::unique_ptr<File>> files_;
  int backups_ = 0;
  Figures figures_;
  std::unique_ptr<Queue> queue_;
};

}  // namespace cairn::sim
