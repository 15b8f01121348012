// A disk in memory that SQLite's files and Cairn's own share, so that they lose power together.
//
// Invariants:
// 1. What was synced survives every restart: bytes by sync(), names by sync_directory().
// 2. What was not, survives in part after a power cut: any subset of the pieces written, any beginning of the names
//    changed. Bytes beside a write are never touched (as SQLite's "powersafe overwrite" wants it, and disks give it).
// 3. A sync that failed says nothing: each write before it may be durable, may become so, or may never (the system has
//    marked it clean). Whoever has the file open at that moment is told, each at their next sync, as Linux does since
//    4.13; who opens it later is not.
// 4. When the power is off nothing answers but with an error, and nothing changes any more.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "sim/machine.h"
#include "sim/trace.h"

namespace cairn::sim {

enum class Outcome { done, io_error, full, absent };

/// What goes wrong, as chances an operation.
struct Trouble {
  double read = 0, write = 0, sync = 0, names = 0;
  std::optional<uint64_t> capacity = {};  ///< Bytes of all files, in blocks of 4 KiB.
  Duration slowest = microseconds(300);   ///< A sync takes up to this, other operations a hundredth.
};

/// A fault of the disk itself, planted to see whether the simulation finds it.
enum class Lie { none, sync_does_nothing };

class Disk {
 public:
  struct Node;
  using NodePtr = std::shared_ptr<Node>;

  Disk(SimClock& clock, Trace& trace, Random random) : clock_(clock), trace_(trace), random_(random) {}

  // Bytes.
  Outcome read(Node& node, uint64_t offset, std::span<char> out, size_t& got);
  Outcome write(Node& node, uint64_t offset, std::string_view bytes);
  Outcome truncate(Node& node, uint64_t size);
  /// `told`: of how many failures whoever syncs knows; failures() when they opened the file.
  Outcome sync(Node& node, uint64_t& told);
  static uint64_t failures(const Node& node);
  static uint64_t size_of(const Node& node);

  // Names: absolute paths, directories without a '/' at their end.
  NodePtr find(const std::string& path) const;
  Outcome create(const std::string& path, NodePtr& out);
  Outcome remove(const std::string& path);
  Outcome rename(const std::string& from, const std::string& to);
  Outcome sync_directory(const std::string& directory);
  Outcome make_directory(const std::string& path);
  void remove_directory(const std::string& path);
  bool is_directory(const std::string& path) const { return directories_.contains(path); }
  std::vector<std::string> list(const std::string& directory) const;
  static NodePtr make_nameless();  ///< For SQLite's temporary files.
  uint64_t used_bytes() const;
  /// Every file as whoever reads it now sees it.
  void each(const std::function<void(const std::string& path, std::string_view bytes)>& visit) const;
  std::optional<uint64_t> capacity() const { return trouble_.capacity; }

  // What happens to it.
  void set_trouble(const Trouble& trouble) { trouble_ = trouble; }
  /// No operation fails by chance.
  bool is_calm() const {
    return trouble_.read + trouble_.write + trouble_.sync + trouble_.names == 0 && !trouble_.capacity;
  }
  void set_lie(Lie lie) { lie_ = lie; }
  /// The power goes in the middle of the so-many-th operation that changes something below `path` (empty: anywhere).
  void cut_power_after(uint64_t operations, std::string path = {}) {
    left_until_cut_ = operations;
    cut_path_ = std::move(path);
  }
  void keep_power() { left_until_cut_.reset(); }
  bool is_on() const { return on_; }
  void cut_power() { on_ = false; }
  enum class Loss { nothing, unsynced };
  /// After the power was cut: `nothing` is lost when only the process died.
  void restart(Loss loss);
  /// Called in the middle of operations.
  void set_pause(std::function<void()> pause) { pause_ = std::move(pause); }

  /// While it lives the disk works, at once, and nobody else has a turn: for looking at what is on it.
  class Peace {
   public:
    explicit Peace(Disk& disk) : disk_(disk), before_(disk.in_peace_) { disk.in_peace_ = true; }
    ~Peace() { disk_.in_peace_ = before_; }
    Peace(const Peace&) = delete;
    Peace& operator=(const Peace&) = delete;

   private:
    Disk& disk_;
    const bool before_;
  };

 private:
  struct Renaming {
    std::string removed, added;  ///< Either may be empty.
    NodePtr node;
  };
  using Names = std::map<std::string, NodePtr>;

  enum class Act { read, write, sync, names };
  Outcome begin(Act act, std::string_view what, uint64_t a, uint64_t b);
  bool is_cut_now(const std::string& path);
  bool draw(double chance);
  Outcome change_names(Renaming change);
  void apply(const Renaming& change, Names& names) const;
  void settle_names();
  void settle_bytes(Node& node, double survives, uint64_t piece);
  uint64_t room() const;

  SimClock& clock_;
  Trace& trace_;
  Random random_;
  Trouble trouble_;
  Lie lie_ = Lie::none;
  bool on_ = true;
  bool in_peace_ = false;
  std::optional<uint64_t> left_until_cut_;
  std::string cut_path_;
  std::function<void()> pause_;
  Names names_, durable_names_;
  std::vector<Renaming> unsynced_names_;
  std::set<std::string> directories_;
};

/// The directory of a path.
std::string parent_of(std::string_view path);

}  // namespace cairn::sim
