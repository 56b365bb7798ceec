// Builds the pipeline as the application does, and takes it down in the same order.
#include "whole_pipeline.hpp"

#include <unistd.h>

#include <thread>

#include "sluice/actors/scheduler.hpp"
#include "sluice/exchange/client.hpp"

namespace sluice::bench {
namespace {

using namespace std::chrono_literals;

std::filesystem::path own_folder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "sluice-bench-XXXXXX").string();
  return ::mkdtemp(pattern.data());
}

class passes_on : public actors::records_watcher::base {
 public:
  passes_on(caf::actor_config& config, whole_pipeline::listener told)
      : actors::records_watcher::base(config), told_(std::move(told)) {}
  behavior_type make_behavior() override {
    return {[this](const actors::records_committed& c) { told_(*c.records); }};
  }

 private:
  whole_pipeline::listener told_;
};

}  // namespace

config::settings quiet_settings() {
  config::settings s;
  s.mode = run_mode::testnet;
  s.account = "bench";
  s.journal.state_dir = own_folder().string();
  s.log.level = status::log_level::error;
  s.limits.limits = {};
  return s;
}

std::shared_ptr<exchange_port> client_of(const simulator::server& venue) {
  exchange::settings chosen;
  chosen.rest_url = venue.rest_url();
  chosen.stream_url = venue.stream_url();
  chosen.weight_limit_1m = 10'000'000;
  exchange::extras more;
  more.ca_pem = venue.certificate_pem();
  return exchange::make_client(chosen,
                               {exchange::secret(std::string(venue.api_key())),
                                exchange::secret(std::string(venue.api_secret()))},
                               std::move(more))
      .value();
}

whole_pipeline::whole_pipeline(const config::settings& chosen,
                               std::shared_ptr<exchange_port> exchange)
    : chosen_(chosen) {
  actors::configure_scheduler(config_);
  system_ = std::make_unique<caf::actor_system>(config_);
  const auto path = journal::journal_path(chosen_.journal);
  auto store = journal::store::open(path).value();
  auto keeper = std::make_shared<truth_keeper>(truth_keeper::options{});
  given_.exchange = std::move(exchange);
  given_.table = keeper->table();
  given_.marks = std::make_shared<mark_board>(keeper->directory());
  given_.universe = std::make_shared<universe_board>();
  given_.vitals = std::make_shared<actors::vitals>();
  given_.log = std::shared_ptr<status::logger>(status::logger::start(chosen_.log));
  given_.metrics = std::make_shared<status::metrics>();
  given_.mode = chosen_.mode;
  given_.account = chosen_.account;
  all_ = actors::spawn_pipeline(*system_,
                                {chosen_,
                                 build_,
                                 given_,
                                 keeper,
                                 std::move(store),
                                 journal::reader::open(path).value(),
                                 {},
                                 actors::journal_thread::own,
                                 [this](int code) { ended_.set_value(code); }},
                                given_.time.at(system_->clock().now()));
  actors::start_pipeline(all_, {});
}

whole_pipeline::~whole_pipeline() {
  caf::anon_send(all_->supervisor, actors::end_process{0, "the benchmark ends"});
  ended_.get_future().wait();
  caf::anon_send_exit(listener_, caf::exit_reason::user_shutdown);
  listener_ = nullptr;
  all_.reset();
  given_.exchange->close();
  // Before the actor system: what its callbacks hold belongs to it.
  given_.exchange.reset();
  system_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(chosen_.journal.state_dir, ignored);
}

bool whole_pipeline::wait_until_ready(std::size_t symbols, milliseconds limit) const {
  const auto until = std::chrono::steady_clock::now() + limit;
  const auto ready = [&] {
    const auto& v = *given_.vitals;
    return given_.table->directory().size() >= symbols && given_.table->account_as_of() &&
           v.user_stream_up && v.mark_stream_up && v.exchange().reachable &&
           given_.marks->read(symbol_index{0});
  };
  while (!ready()) {
    if (std::chrono::steady_clock::now() > until)
      return false;
    std::this_thread::sleep_for(10ms);
  }
  return true;
}

void whole_pipeline::offer(std::vector<plan> plans) const {
  caf::anon_send(all_->planner, actors::take_plans{std::move(plans)});
}

void whole_pipeline::listen(listener told) {
  listener_ = system_->spawn<passes_on>(std::move(told));
  caf::anon_send(all_->journal, actors::watch_records{listener_});
}

plan whole_pipeline::a_plan(const std::string& id, const symbol& instrument, plan_body body) const {
  plan p;
  p.id = plan_id(id);
  p.source = source_id("bench");
  p.instrument = instrument;
  p.body = std::move(body);
  const auto now = std::chrono::steady_clock::now();
  p.received = given_.time.at(now);
  p.deadline = now + 60s;
  p.deadline_wall = given_.time.at(p.deadline).wall;
  return p;
}

}  // namespace sluice::bench
