import { status } from '@grpc/grpc-js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import serverFeatures from '@eventstore/db-client/generated/serverfeatures_pb.js';
import type { Call } from './call.js';
import type { Faults } from './faults.js';
import { framed } from './framing.js';

const { SupportedMethod, SupportedMethods } = serverFeatures;
const SERVICE = 'event_store.client.streams.streams';

const methods: Readonly<Record<string, ReadonlyArray<string>>> = {
  read: ['position', 'events'],
  append: [],
  delete: [],
  tombstone: [],
  batchappend: ['deadline_duration'],
};

/** Answers GetSupportedMethods: from it clients tell whether they can use BatchAppend. */
export const supportedMethods =
  (version: string, faults: Faults) =>
  (call: Call): void => {
    call.receive(shared.Empty.deserializeBinary, () =>
      faults.before('features', call, () => {
        const fault = faults.features(call);
        if (fault === 'internal') return call.end({ code: status.INTERNAL, message: 'Internal error.' });
        if (fault === 'unimplemented')
          return call.end({ code: status.UNIMPLEMENTED, message: 'Service is unimplemented.' });
        const answer = new SupportedMethods().setEventStoreServerVersion(version);
        for (const [name, features] of Object.entries(methods))
          if (fault !== 'too-few' || name !== 'batchappend')
            answer.addMethods(
              new SupportedMethod()
                .setServiceName(SERVICE)
                .setMethodName(name)
                .setFeaturesList([...features]),
            );
        call.send(framed(answer));
        return call.end();
      }),
    );
  };
