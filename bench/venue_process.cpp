// Forks the venue, waits for its port, and reads what processes use from /proc.
#include "venue_process.hpp"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "sluice/exchange/client.hpp"
#include "sluice/simulator/server.hpp"

namespace sluice::bench {
namespace {

[[noreturn]] void give_up(const std::string& what) {
  fmt::print(stderr, "benchmark given up: {}\n", what);
  ::_exit(1);
}

double resident_mib_of(const std::string& process) {
  std::ifstream in(fmt::format("/proc/{}/statm", process));
  double all = 0;
  double pages = 0;
  in >> all >> pages;
  return pages * static_cast<double>(::sysconf(_SC_PAGESIZE)) / 1'048'576.0;
}

double seconds_of(clockid_t clock) {
  timespec t{};
  ::clock_gettime(clock, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9;
}

std::string own_folder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "sluice-venue-XXXXXX").string();
  return ::mkdtemp(pattern.data());
}

}  // namespace

venue_process::venue_process(simulator::settings s, const std::string& faults)
    : folder_(own_folder()) {
  s.account.api_key = key;
  s.account.api_secret = secret;
  s.certificate_file = folder_ + "/certificate.pem";
  if (!faults.empty()) {
    s.script = folder_ + "/faults";
    std::ofstream(s.script) << faults;
  }
  int ends[2];
  if (::pipe(ends) != 0)
    give_up("no pipe");
  child_ = ::fork();
  if (child_ == 0)
    serve(s, ends[1]);
  ::close(ends[1]);
  if (::read(ends[0], &port_, sizeof port_) != sizeof port_)
    give_up("the venue did not start");
  ::close(ends[0]);
}

venue_process::~venue_process() {
  ::kill(child_, SIGKILL);
  ::waitpid(child_, nullptr, 0);
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void venue_process::serve(const simulator::settings& s, int told) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // Never outlives the benchmark.
  const auto started = simulator::server::start(s);
  if (!started)
    give_up("venue: " + started.error().text);
  const auto port = (*started)->port();
  if (::write(told, &port, sizeof port) != sizeof port)
    give_up("nobody waits for the venue");
  for (;;)
    ::pause();
}

double venue_process::cpu_seconds() const {
  std::ifstream in(fmt::format("/proc/{}/stat", child_));
  std::string skipped;
  double user = 0;
  double system = 0;
  for (int n = 0; n < 13; ++n)
    in >> skipped;
  in >> user >> system;
  return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

double venue_process::resident_mib() const {
  return resident_mib_of(std::to_string(child_));
}

std::shared_ptr<exchange_port> venue_process::client(std::int64_t weight_limit_1m,
                                                     int connections_max) const {
  exchange::settings chosen;
  chosen.rest_url = fmt::format("https://127.0.0.1:{}", port_);
  chosen.stream_url = fmt::format("wss://127.0.0.1:{}", port_);
  chosen.weight_limit_1m = weight_limit_1m;
  chosen.connections_max = connections_max;
  std::stringstream pem;
  pem << std::ifstream(folder_ + "/certificate.pem").rdbuf();
  exchange::extras more;
  more.ca_pem = pem.str();
  return exchange::make_client(
             chosen, {exchange::secret(std::string(key)), exchange::secret(std::string(secret))},
             std::move(more))
      .value();
}

bool run_apart(const std::function<void()>& what) {
  std::fflush(nullptr);
  const auto child = ::fork();
  if (child == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    what();
    std::fflush(nullptr);
    ::_exit(0);
  }
  int ended = 0;
  return child > 0 && ::waitpid(child, &ended, 0) == child && WIFEXITED(ended) &&
         WEXITSTATUS(ended) == 0;
}

double own_resident_mib() {
  return resident_mib_of("self");
}

double own_resident_mib_max() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  return static_cast<double>(used.ru_maxrss) / 1'024.0;
}

double own_cpu_seconds() {
  return seconds_of(CLOCK_PROCESS_CPUTIME_ID);
}

double own_thread_cpu_seconds() {
  return seconds_of(CLOCK_THREAD_CPUTIME_ID);
}

}  // namespace sluice::bench
