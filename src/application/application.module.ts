import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { Aggregates } from './aggregates/aggregates.js';
import { Disclosures } from './aggregates/disclosures.js';
import { Facts } from './aggregates/facts.js';
import { ReplayStreamHandler } from './audit/replay-stream.js';
import { callHandlers } from './call/commands.js';
import { DiscloseNumbersHandler } from './call/disclose-numbers.js';
import { StartCallHandler } from './call/start-call.js';
import { consentHandlers } from './consent/commands.js';
import { departmentHandlers } from './department/commands.js';
import { emergencyHandlers } from './emergency/commands.js';
import { EraseContactHandler } from './erasure/erase-contact.js';
import { EraseNumbersHandler } from './erasure/erase-numbers.js';
import { faqHandlers } from './faq/commands.js';
import { CompleteImport } from './faq/complete-import.js';
import { ImportArticlesHandler } from './faq/import-articles.js';
import { PlanImport } from './faq/plan-import.js';
import { SettleFaqSearchHandler } from './faq-search/settle-faq-search.js';
import { CommandIngest } from './ingest/command-ingest.js';
import { inquiryHandlers } from './inquiry/commands.js';
import { DiscloseContactHandler } from './inquiry/disclose-contact.js';
import { RequestCallbackHandler } from './inquiry/request-callback.js';
import { CompleteErasures } from './reactions/complete-erasures.js';
import { CompleteFaqImports } from './reactions/complete-faq-imports.js';
import { DestroyRecordings } from './reactions/destroy-recordings.js';
import { IncompleteFacts } from './reactions/incomplete-facts.js';
import { recordingHandlers } from './recording/commands.js';
import { OpenAudioHandler } from './recording/open-audio.js';
import { retentionHandlers } from './retention/commands.js';
import { RecorderIngest } from './ports/recorder-ingest.js';
import { searchDictionaryHandlers } from './search-dictionary/commands.js';
import { staffHandlers } from './staff/commands.js';

/** Every reaction of the application; infrastructure runs them. */
export const reactions = [CompleteErasures, IncompleteFacts, DestroyRecordings, CompleteFaqImports];

const handlers: ReadonlyArray<Provider> = [
  ...callHandlers,
  ...consentHandlers,
  ...departmentHandlers,
  ...emergencyHandlers,
  ...faqHandlers,
  ...inquiryHandlers,
  ...recordingHandlers,
  ...retentionHandlers,
  ...searchDictionaryHandlers,
  ...staffHandlers,
  DiscloseContactHandler,
  DiscloseNumbersHandler,
  EraseContactHandler,
  EraseNumbersHandler,
  ImportArticlesHandler,
  OpenAudioHandler,
  ReplayStreamHandler,
  RequestCallbackHandler,
  SettleFaqSearchHandler,
  StartCallHandler,
];

/** All use cases, over providers of the ports; exports both. */
@Module({})
export class ApplicationModule {
  static over(ports: ReadonlyArray<Provider>): DynamicModule {
    const shared = [
      ...ports,
      Aggregates,
      Facts,
      CompleteImport,
      ...reactions,
      { provide: RecorderIngest, useClass: CommandIngest },
    ];
    return {
      module: ApplicationModule,
      imports: [CqrsModule.forRoot()],
      providers: [...shared, Disclosures, PlanImport, ...handlers],
      exports: [CqrsModule, ...shared],
    };
  }
}
