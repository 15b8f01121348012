#include "support/postgres.h"

#include <libpq-fe.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <memory>
#include <vector>

#include "base/check.h"
#include "base/log.h"

namespace cairn::test {
namespace {

/// Runs tests/support/postgres.sh. Both its ends are one socket of ours: its first line is the URL, and it stops the
/// server when the socket closes, which the kernel does even when this process is killed.
class Server {
 public:
  Server() {
    int ends[2];
    CHECK(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    pid_ = ::fork();
    CHECK(pid_ >= 0);
    if (pid_ == 0) {
      ::dup2(ends[1], 0);
      ::dup2(ends[1], 1);
      ::setpgid(0, 0);  // so that Ctrl-C reaches it through us, in order
      ::execl("/bin/bash", "bash", CAIRN_SOURCE_DIR "/tests/support/postgres.sh", static_cast<char*>(nullptr));
      ::_exit(127);
    }
    ::close(ends[1]);
    socket_ = ends[0];
    first_line_ = read_line();
  }
  ~Server() {
    ::close(socket_);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {}
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  const std::string& first_line() const { return first_line_; }

 private:
  std::string read_line() const {
    std::string line;
    for (char c = 0;;) {
      ssize_t n = ::read(socket_, &c, 1);
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0 || c == '\n') return line;
      line += c;
    }
  }

  int socket_ = -1;
  pid_t pid_ = -1;
  std::string first_line_;
};

using Connection = std::unique_ptr<PGconn, void (*)(PGconn*)>;

class Databases {
 public:
  Databases() {
    const char* given = std::getenv("CAIRN_TEST_POSTGRES");
    if (given && *given) {
      url_ = given;
    } else {
      server_ = std::make_unique<Server>();
      url_ = server_->first_line();
    }
    if (!url_.starts_with("postgres")) {
      why_not_ = url_.empty() ? "none: tests/support/postgres.sh printed nothing" : url_;
      return;
    }
    while (url_.ends_with('/')) url_.pop_back();
    connection_.reset(PQconnectdb((url_ + "/postgres").c_str()));
    CHECK(PQstatus(connection_.get()) == CONNECTION_OK, "{}: {}", url_, PQerrorMessage(connection_.get()));
  }
  ~Databases() {
    if (connection_ && !server_)
      for (const std::string& name : names_) run("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
  }

  std::optional<std::string> make() {
    if (!connection_) {
      log_warning("no PostgreSQL for this test: {}", why_not_);
      return std::nullopt;
    }
    std::string name = fmt::format("test_{}_{}", ::getpid(), names_.size() + 1);
    run("CREATE DATABASE " + name);
    names_.push_back(name);
    return url_ + "/" + name;
  }

 private:
  void run(const std::string& sql) {
    std::unique_ptr<PGresult, void (*)(PGresult*)> result(PQexec(connection_.get(), sql.c_str()), PQclear);
    CHECK(PQresultStatus(result.get()) == PGRES_COMMAND_OK, "{}: {}", sql, PQerrorMessage(connection_.get()));
  }

  std::unique_ptr<Server> server_;
  std::string url_;
  std::string why_not_;
  Connection connection_{nullptr, PQfinish};
  std::vector<std::string> names_;
};

}  // namespace

std::optional<std::string> fresh_postgres() {
  static Databases databases;
  return databases.make();
}

}  // namespace cairn::test
