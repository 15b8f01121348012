#include "bench/load_postgres.h"

#include <fcntl.h>
#include <libpq-fe.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fstream>
#include <iterator>

#include "base/clock.h"
#include "base/random.h"

extern char** environ;

namespace cairn::load {
namespace {

constexpr Duration kStartLimit = seconds(60);

/// The newest installed version's programs; empty when there are none.
std::string find_programs() {
  constexpr const char* kRoot = "/usr/lib/postgresql";
  std::vector<std::string> versions = system_files().list(kRoot).value_or(std::vector<std::string>{});
  std::sort(versions.begin(), versions.end());
  for (auto version = versions.rbegin(); version != versions.rend(); ++version)
    if (std::string bin = join_path(kRoot, *version + "/bin"); system_files().exists(bin + "/initdb")) return bin;
  return "";
}

pid_t spawn(std::vector<std::string> words, const std::string& log_path) {
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, 1, log_path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  ::posix_spawn_file_actions_adddup2(&actions, 1, 2);
  ::posix_spawn_file_actions_addclosefrom_np(&actions, 3);
  pid_t pid = -1;
  if (::posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), environ) != 0) pid = -1;
  ::posix_spawn_file_actions_destroy(&actions);
  return pid;
}

int wait_for(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {}
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

std::vector<std::string> OwnPostgres::as_its_user(std::vector<std::string> words) const {
  // It goes when this process goes, and never runs as root.
  std::vector<std::string> all{"setpriv", "--pdeathsig", "INT"};
  if (::getuid() == 0) all.insert(all.end(), {"--reuid", "postgres", "--regid", "postgres", "--clear-groups"});
  all.insert(all.end(), words.begin(), words.end());
  return all;
}

Result<std::unique_ptr<OwnPostgres>> OwnPostgres::make() {
  std::unique_ptr<OwnPostgres> out(new OwnPostgres);
  out->bin_ = find_programs();
  if (out->bin_.empty()) return fail(Code::not_found, "PostgreSQL is not installed");
  out->port_ = 32000 + static_cast<int>(system_entropy().next64() % 8000);
  std::string data = out->dir_ / "data", log = out->dir_ / "log";
  std::string prepare = ::getuid() == 0 ? "chmod 755 " + out->dir_.path() + " && install -d -o postgres -m 700 " + data
                                        : "install -d -m 700 " + data;
  if (wait_for(spawn({"sh", "-c", prepare}, log)) != 0 ||
      wait_for(spawn(out->as_its_user({out->bin_ + "/initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8",
                                       "--no-locale", "--no-sync"}),
                     log)) != 0)
    return fail(Code::unavailable, "initdb failed: {}", text_of(log));
  TRY(out->start());
  PGconn* link = ::PQconnectdb(fmt::format("postgres://postgres@127.0.0.1:{}/postgres", out->port_).c_str());
  PGresult* made = ::PQexec(link, "CREATE DATABASE shop");
  bool is_made = ::PQresultStatus(made) == PGRES_COMMAND_OK;
  ::PQclear(made);
  ::PQfinish(link);
  if (!is_made) return fail(Code::unavailable, "no database can be made: {}", text_of(log));
  return out;
}

OwnPostgres::~OwnPostgres() {
  resume();
  kill();
}

std::string OwnPostgres::url() const { return fmt::format("postgres://postgres@127.0.0.1:{}/shop", port_); }

Result<void> OwnPostgres::start() {
  std::string log = dir_ / "log";
  pid_ = spawn(as_its_user({bin_ + "/postgres", "-D", dir_ / "data", "-p", std::to_string(port_), "-c",
                            "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_connections=100",
                            "-c", "shared_buffers=256MB", "-c", "max_wal_size=4GB"}),
               log);
  std::string any = fmt::format("postgres://postgres@127.0.0.1:{}/postgres", port_);
  for (Duration end = system_clock().elapsed() + kStartLimit; system_clock().elapsed() < end; ::usleep(20'000))
    if (::PQping(any.c_str()) == PQPING_OK) return {};
  return fail(Code::unavailable, "PostgreSQL does not start: {}", text_of(log));
}

void OwnPostgres::kill() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGQUIT);  // "immediate": the children end too, nothing is written any more
  wait_for(std::exchange(pid_, -1));
}

std::vector<pid_t> OwnPostgres::processes() const {
  if (pid_ <= 0) return {};  // a signal to -1 would reach everybody
  std::vector<pid_t> out{pid_};
  std::string children = text_of(fmt::format("/proc/{0}/task/{0}/children", pid_));
  const char* at = children.data();
  const char* end = at + children.size();
  for (pid_t pid = 0; at < end; ++at) {
    auto [next, error] = std::from_chars(at, end, pid);
    if (error != std::errc()) break;
    out.push_back(pid);
    at = next;
  }
  return out;
}

bool OwnPostgres::kill_backend() {
  for (pid_t pid : processes()) {
    // The title of one is `postgres: postgres shop 127.0.0.1(40000) idle`.
    if (text_of(fmt::format("/proc/{}/cmdline", pid)).find("postgres shop ") == std::string::npos) continue;
    ::kill(pid, SIGKILL);
    return true;
  }
  return false;
}

void OwnPostgres::pause() {
  for (pid_t pid : processes()) ::kill(pid, SIGSTOP);
}

void OwnPostgres::resume() {
  for (pid_t pid : processes()) ::kill(pid, SIGCONT);
}

}  // namespace cairn::load
