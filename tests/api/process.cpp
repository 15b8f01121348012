#include "api/process.h"

#include <fcntl.h>
#include <poll.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>

#include "base/clock.h"
#include "base/file.h"

extern char** environ;

namespace cairn::test {
namespace {

constexpr Duration kStartLimit = seconds(60);
constexpr Duration kStopLimit = seconds(60);

struct Child {
  pid_t pid = -1;
  int out = -1;
  int err = -1;
};

std::vector<std::string> environment_of(const Environment& environment) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry; ++entry) all.emplace_back(*entry);
  for (const auto& [name, value] : environment.set) all.push_back(name + "=" + value);
  return all;
}

std::vector<char*> pointers_of(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

/// `err_path` empty: stderr comes through a pipe.
Result<Child> spawn(const std::vector<std::string>& words, const Environment& environment,
                    const std::string& err_path) {
  std::vector<std::string> arguments{program_path()};
  arguments.insert(arguments.end(), words.begin(), words.end());
  std::vector<std::string> variables = environment_of(environment);
  std::vector<char*> argv = pointers_of(arguments), envp = pointers_of(variables);
  int out[2], err[2] = {-1, -1};
  if (::pipe2(out, O_CLOEXEC) != 0) return fail(Code::unavailable, "pipe: {}", std::strerror(errno));
  if (err_path.empty() && ::pipe2(err, O_CLOEXEC) != 0)
    return fail(Code::unavailable, "pipe: {}", std::strerror(errno));
  if (!err_path.empty()) err[1] = ::open(err_path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  pid_t pid = ::fork();
  if (pid == 0) {
    // Between fork and exec only what is safe there. The child goes when this process goes, and keeps none of its
    // files:
    // a lock that is held here would live on in a server that was left behind.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    int none = ::open("/dev/null", O_RDONLY);
    ::dup2(none, 0);
    ::dup2(out[1], 1);
    ::dup2(err[1], 2);
    ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
    ::execve(argv[0], argv.data(), envp.data());
    ::_exit(127);
  }
  ::close(out[1]);
  ::close(err[1]);
  if (pid < 0) return fail(Code::unavailable, "fork: {}", std::strerror(errno));
  return Child{pid, out[0], err[0]};
}

/// Reads what there is; false at the end.
bool read_some(int fd, std::string& out) {
  char chunk[16384];
  ssize_t n = ::read(fd, chunk, sizeof chunk);
  if (n > 0) out.append(chunk, static_cast<size_t>(n));
  return n > 0 || (n < 0 && errno == EINTR);
}

/// Waits for the end without burning time: a pidfd becomes readable then.
bool wait_for_end(pid_t pid, Duration limit) {
  int fd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  if (fd < 0) return false;
  pollfd entry{fd, POLLIN, 0};
  int n = ::poll(&entry, 1, static_cast<int>(limit.micros / 1000));
  ::close(fd);
  return n == 1;
}

int exit_code_of(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {}
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// Both pipes until both end, so that neither fills up and stops the program. False when the time is over.
bool read_both(const Child& child, Finished& finished, Duration limit) {
  Duration end = system_clock().elapsed() + limit;
  pollfd entries[2] = {{child.out, POLLIN, 0}, {child.err, POLLIN, 0}};
  while (entries[0].fd >= 0 || entries[1].fd >= 0) {
    int64_t left_ms = (end - system_clock().elapsed()).micros / 1000;
    if (left_ms <= 0 || ::poll(entries, 2, static_cast<int>(left_ms)) == 0) return false;
    if (entries[0].revents && !read_some(child.out, finished.out)) entries[0].fd = -1;
    if (entries[1].revents && !read_some(child.err, finished.err)) entries[1].fd = -1;
  }
  return true;
}

std::string end_of_file(const std::string& path) {
  Result<std::string> text = system_files().read(path);
  if (!text) return "";
  return text->size() > 2000 ? text->substr(text->size() - 2000) : *text;
}

}  // namespace

std::string program_path() {
  const char* named = std::getenv("CAIRN_BIN");
  if (named && *named) return named;
  char self[4096];
  ssize_t n = ::readlink("/proc/self/exe", self, sizeof self);
  if (n <= 0) return "";
  std::string directory(self, static_cast<size_t>(n));
  for (int up = 0; up < 2; ++up) {
    directory.resize(directory.rfind('/'));
    std::string path = join_path(directory, "cairn");
    if (system_files().exists(path) && !system_files().is_directory(path)) return path;
  }
  return "";
}

Result<Finished> run_program(const std::vector<std::string>& words, const Environment& environment, Duration limit) {
  Child child = TRY(spawn(words, environment, ""));
  Finished finished;
  bool is_over = read_both(child, finished, limit);
  if (!is_over) ::kill(child.pid, SIGKILL);
  finished.exit_code = exit_code_of(child.pid);
  ::close(child.out);
  ::close(child.err);
  if (!is_over) return fail(Code::unavailable, "it did not end within {:.0f} s", limit.seconds());
  return finished;
}

Result<ServerProcess> ServerProcess::start(const std::vector<std::string>& words, const Environment& environment,
                                           const std::string& log_path) {
  Child child = TRY(spawn(words, environment, log_path));
  ServerProcess server;
  server.pid_ = child.pid;
  server.out_ = child.out;
  server.log_path_ = log_path;
  while (server.line_after("listening on ").empty())
    if (!server.read_more(kStartLimit))
      return fail(Code::unavailable, "the server did not start; it said {} {}", server.said_, end_of_file(log_path));
  std::string url = server.line_after("listening on ");
  std::string_view port = std::string_view(url).substr(url.rfind(':') + 1);
  std::from_chars(port.data(), port.data() + port.size(), server.port_);
  return server;
}

ServerProcess::ServerProcess(ServerProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      out_(std::exchange(other.out_, -1)),
      port_(other.port_),
      said_(std::move(other.said_)),
      log_path_(std::move(other.log_path_)) {}

ServerProcess::~ServerProcess() {
  kill();
  if (out_ >= 0) ::close(out_);
}

bool ServerProcess::read_more(Duration limit) {
  pollfd entry{out_, POLLIN, 0};
  return ::poll(&entry, 1, static_cast<int>(limit.micros / 1000)) == 1 && read_some(out_, said_);
}

/// What stands behind `start` on the last whole line that begins so.
std::string ServerProcess::line_after(std::string_view start) const {
  std::string found;
  for (size_t at = 0, end; (end = said_.find('\n', at)) != std::string::npos; at = end + 1) {
    std::string_view line = std::string_view(said_).substr(at, end - at);
    if (line.starts_with(start)) found = line.substr(start.size());
  }
  return found;
}

std::string ServerProcess::link_token() {
  while (line_after("sign in: ").empty())
    if (!read_more(seconds(5))) return "";
  std::string link = line_after("sign in: ");
  return link.substr(link.find_last_of("=/#") + 1);
}

Result<void> ServerProcess::stop() {
  if (pid_ < 0) return {};
  ::kill(pid_, SIGTERM);
  if (!wait_for_end(pid_, kStopLimit)) {
    kill();
    return fail(Code::unavailable, "the server did not stop when asked; {}", end_of_file(log_path_));
  }
  int code = exit_code_of(std::exchange(pid_, -1));
  if (code != 0) return fail(Code::unavailable, "the server ended with {}; {}", code, end_of_file(log_path_));
  return {};
}

void ServerProcess::kill() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  exit_code_of(std::exchange(pid_, -1));
}

}  // namespace cairn::test
