import { randomUUID } from 'node:crypto';
import gossip from '@eventstore/db-client/generated/gossip_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import type { Call } from './call.js';
import type { Faults } from './faults.js';
import { framed } from './framing.js';

const { ClusterInfo, EndPoint, MemberInfo } = gossip;

/** Answers Gossip.Read, by which clients look for the leader: a cluster of this one. */
export const clusterInfo = (port: () => number, faults: Faults) => {
  const instance = new shared.UUID().setString(randomUUID());
  return (call: Call): void => {
    call.receive(shared.Empty.deserializeBinary, () =>
      faults.before('gossip', call, () => {
        const member = new MemberInfo()
          .setInstanceId(instance)
          .setTimeStamp(String(Date.now() * 10_000))
          .setState(MemberInfo.VNodeState.LEADER)
          .setIsAlive(true)
          .setHttpEndPoint(new EndPoint().setAddress('127.0.0.1').setPort(port()));
        call.send(framed(new ClusterInfo().setMembersList([member])));
        call.end();
      }),
    );
  };
};
