// Waits for the server by asking it, not by sleeping for a guessed time.
#include "redis_server.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <stdexcept>
#include <thread>

namespace sluice::redis {
namespace {

constexpr std::chrono::seconds start_max{30};

}  // namespace

std::unique_ptr<redis_server> redis_server::start(std::vector<std::string> more) {
  std::unique_ptr<redis_server> made(new redis_server);
  std::string pattern = (std::filesystem::temp_directory_path() / "sluice-redis-XXXXXX").string();
  made->directory_ = ::mkdtemp(pattern.data());
  made->more_ = std::move(more);
  if (!made->launch())
    return nullptr;
  return made;
}

redis_server::~redis_server() {
  stop();
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

bool redis_server::launch() {
  const auto socket = (directory_ / "redis.sock").string();
  std::vector<std::string> words{
      "redis-server",      "--port",    "0",         "--unixsocket", socket, "--save", "", "--dir",
      directory_.string(), "--logfile", "redis.log", "--appendonly", "no"};
  words.insert(words.end(), more_.begin(), more_.end());
  std::vector<char*> arguments;
  for (auto& w : words)
    arguments.push_back(w.data());
  arguments.push_back(nullptr);
  pid_ = ::fork();
  if (pid_ == 0) {
    ::execvp("redis-server", arguments.data());
    ::_exit(127);
  }
  const auto until = std::chrono::steady_clock::now() + start_max;
  while (std::chrono::steady_clock::now() < until) {
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) == pid_) {
      pid_ = -1;
      if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
        return false;
      throw std::runtime_error("redis-server ended at once");
    }
    auto o = options();
    if (const auto link = client::connect(o); link || link.error().code == errc::not_permitted)
      return true;
    std::this_thread::yield();
  }
  throw std::runtime_error("redis-server does not answer");
}

client_options redis_server::options() const {
  client_options o;
  o.where.path = (directory_ / "redis.sock").string();
  return o;
}

std::unique_ptr<client> redis_server::connect() const {
  return client::connect(options()).value();
}

void redis_server::stop() {
  if (pid_ < 0)
    return;
  ::kill(pid_, SIGCONT);
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

void redis_server::restart() {
  stop();
  if (!launch())
    throw std::runtime_error("redis-server has gone");
}

void redis_server::pause() const {
  ::kill(pid_, SIGSTOP);
}

void redis_server::resume() const {
  ::kill(pid_, SIGCONT);
}

}  // namespace sluice::redis
